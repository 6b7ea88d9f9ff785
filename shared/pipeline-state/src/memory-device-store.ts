import { type Device, type DeviceStore, type DeviceVerdict, verdictOf } from './device-store.ts';

/** The device store in memory, for tests of what stands on it. */
export function createMemoryDeviceStore(): DeviceStore {
  const devices = new Map<string, Device>();
  const recordVerdict = async (thing: string, verdict: DeviceVerdict) => {
    const known = devices.get(thing)?.verdict;
    if (!known || known.at < verdict.at) devices.set(thing, { ...devices.get(thing), thing, verdict });
  };
  const read = async (thing: string) => structuredClone(devices.get(thing));
  return {
    async record(report) {
      const known = devices.get(report.thing)?.report;
      const { thing } = report;
      if (!known || known.sentAt < report.sentAt) devices.set(thing, { ...devices.get(thing), thing, report });
      const verdict = verdictOf(report);
      if (verdict) await recordVerdict(thing, verdict);
    },
    recordVerdict,
    read,
    readMany: async (things) => (await Promise.all([...new Set(things)].map(read))).filter((device) => !!device),
    list: async () => structuredClone([...devices.values()].sort((a, b) => (a.thing < b.thing ? -1 : 1))),
  };
}
