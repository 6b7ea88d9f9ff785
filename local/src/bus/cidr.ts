/** Address ranges of event patterns, IPv4 and IPv6. */
import { BlockList, isIP } from 'node:net';
import { InvalidEventPatternError } from './invalid-event-pattern-error.ts';

/**
 * Compiles `address/bits` into a test of textual addresses; text that is no address does not match.
 * @throws InvalidEventPatternError if the address or the number of bits is out of range.
 */
export function compileCidr(range: string, place: string): (value: string) => boolean {
  const [address = '', bits = '', ...rest] = range.split('/');
  const family = familyOf(address);
  const length = /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (family === undefined || rest.length > 0 || length < 0 || length > (family === 'ipv4' ? 32 : 128)) {
    throw new InvalidEventPatternError(place, `"${range}" is not a range such as 10.0.0.0/24 or 2001:db8::/32`);
  }
  const block = new BlockList();
  block.addSubnet(address, length, family);
  return (value) => familyOf(value) === family && block.check(value, family);
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  if (version === 4) return 'ipv4';
  return version === 6 ? 'ipv6' : undefined;
}
