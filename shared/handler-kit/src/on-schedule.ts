import type { CommitPorts } from '@dropforge/pipeline-state';
import { kitPorts } from './kit-ports.ts';
import { count } from './observability.ts';
import { once, wrap } from './wrap.ts';

/** A Lambda handler for a schedule. Each run that ends well is a sign of life. */
export function onSchedule<Ports>(step: (ports: Ports, kit: CommitPorts) => Promise<void>, createPorts: () => Ports) {
  const ports = once(createPorts);
  return wrap(async (_event: unknown, cause) => {
    await step(ports(), kitPorts(cause));
    count('ReconcilerAlive');
  });
}
