import type { CommitPorts } from '@dropforge/pipeline-state';
import { kitPorts } from './kit-ports.ts';
import { once, wrap } from './wrap.ts';

/** A Lambda handler for a schedule. */
export function onSchedule<Ports>(step: (ports: Ports, kit: CommitPorts) => Promise<void>, createPorts: () => Ports) {
  const ports = once(createPorts);
  return wrap(async (_event: unknown) => step(ports(), kitPorts()));
}
