import type { DeviceView } from '@dropforge/api-contract';
import type { Route } from '@dropforge/handler-kit';
import type { Device } from '@dropforge/pipeline-state';
import { checkUnlimited } from '../access.ts';
import type { Ports } from '../ports.ts';

/** Every device that was ever heard of. */
export const listDevices: Route<Ports> = async (request, { devices }) => {
  checkUnlimited(request);
  const all = await devices.list();
  return { status: 200, body: { devices: all.map(toView) } };
};

function toView({ thing, report }: Device): DeviceView {
  return {
    thing,
    architecture: report?.architecture ?? null,
    status: report?.status ?? 'unknown',
    lastSeenAt: report?.sentAt ?? null,
    activeModel: report?.activeModel ?? null,
    predictUrl: report?.predictUrl ?? null,
  };
}
