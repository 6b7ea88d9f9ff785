import type { configRendered, EventOf } from '@dropforge/events';

type Terms = EventOf<typeof configRendered>['data'];

/** One way to train: a type of instance, as spare capacity or on demand. */
export interface Placement {
  readonly instanceType: string;
  readonly spot: boolean;
}

/** The ways to train that a recipe allows, the best first: every type as spare capacity, then every type on demand. */
export function placementsOf({ instanceTypes, spot, onDemandFallback }: Terms): Placement[] {
  const all = (asSpot: boolean) => instanceTypes.map((instanceType) => ({ instanceType, spot: asSpot }));
  return [...(spot ? all(true) : []), ...(!spot || onDemandFallback ? all(false) : [])];
}

/** AWS counts training instances by type, and spot apart. https://docs.aws.amazon.com/general/latest/gr/sagemaker.html */
export function quotaOf({ instanceType, spot }: Placement): string {
  return `${instanceType} ${spot ? 'spot' : 'on-demand'}`;
}
