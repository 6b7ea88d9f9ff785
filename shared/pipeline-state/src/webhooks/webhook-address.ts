import ipaddr from 'ipaddr.js';

/** Why nothing is sent to an address; told to whoever asked for it. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** What may be sent to besides the public internet: an address of this machine, in tests and in the embedded cloud. */
export interface AddressPolicy {
  readonly testAddress: string | undefined;
  /** Ports that may be sent to; 443 and 8443 unless given. */
  readonly ports?: readonly string[];
}

/** HTTPS's own port and its usual alternative; other ports lead to services that were not asked. */
const usualPorts: readonly string[] = ['443', '8443'];
/** Names that never lead to the public internet. https://www.iana.org/assignments/special-use-domain-names/ */
const privateNames = /(^|\.)(localhost|local|internal|home\.arpa|intranet|lan|corp|onion|test|invalid)$/;

/**
 * Reads the address of a webhook, as far as its text tells; what its name resolves to is checked at each delivery.
 * `new URL` has turned decimal, octal and hexadecimal hosts into dotted ones. Throws AddressRefused.
 */
export function readWebhookUrl(text: string, policy: AddressPolicy): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw new AddressRefused('It is no URL.');
  if (url.username || url.password) throw new AddressRefused('It holds a password; deliveries are signed instead.');
  const host = hostOf(url);
  if (host === policy.testAddress && /^https?:$/.test(url.protocol)) return url;
  if (url.protocol !== 'https:') throw new AddressRefused('It does not begin with https://.');
  const { ports = usualPorts } = policy;
  if (!ports.includes(url.port || '443')) throw new AddressRefused(`Its port is none of ${ports.join(', ')}.`);
  if (ipaddr.isValid(host)) checkAddress(host, policy);
  else if (privateNames.test(host) || !host.includes('.')) throw new AddressRefused('Its host is a private name.');
  return url;
}

/** The host without the brackets of IPv6 and without the dot that may end a name. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

/**
 * Throws AddressRefused unless an IP address is one of the public internet. Everything that IANA has set apart is not:
 * loopback, private, link-local with the metadata endpoints, carrier-grade NAT, multicast, and every IPv6 form that
 * holds an IPv4 address. https://www.iana.org/assignments/iana-ipv4-special-registry/
 */
export function checkAddress(address: string, { testAddress }: AddressPolicy): void {
  if (address === testAddress) return;
  const range = ipaddr.isValid(address) ? rangeOf(ipaddr.process(address)) : 'no address';
  if (range !== 'unicast') throw new AddressRefused(`It leads to ${address} (${range}), which is not public.`);
}

/** Of IPv6, IANA gives out 2000::/3 alone; the old IPv4-compatible `::127.0.0.1` is among the rest. */
function rangeOf(address: ReturnType<typeof ipaddr.process>): string {
  if (address.kind() === 'ipv4' || address.match(ipaddr.parse('2000::'), 3)) return address.range();
  return address.range() === 'unicast' ? 'unassigned' : address.range();
}
