import { failed, ok, skipped } from '../finding.ts';
import type { Check } from '../patient.ts';

/** Agents report every few minutes; so long a silence is a device that is off, or has lost its way. */
const silentSeconds = 86_400;

/** Which devices have reported, and when. */
export const devices: Check = {
  name: 'devices',
  async examine({ api, now }) {
    const { devices: known } = await api.call('listDevices', {});
    if (known.length === 0) return skipped('none has reported yet', 'See docs/deploy.md for how a device is set up.');
    const since = now().getTime() - silentSeconds * 1_000;
    const silent = known.filter(({ lastSeenAt }) => !lastSeenAt || Date.parse(lastSeenAt) < since);
    if (silent.length === 0) return ok(`${known.length} reported within a day`);
    const names = silent.map(({ thing, lastSeenAt }) => `${thing} (${lastSeenAt?.slice(0, 16) ?? 'never'})`);
    const message = `${silent.length} of ${known.length} silent for a day: ${names.slice(0, 5).join(', ')}`;
    return failed(message, 'Look whether they are on and connected, then at the Greengrass log on one of them.');
  },
};
