/** What becomes of a run whatever the weather: how its drop, its jobs and its device behave, and where that must end. */
import { jobNames, type State } from '@dropforge/pipeline-state';

export interface Kind {
  /** The recipe's `seed`: the one number that goes through the whole flow into both jobs. */
  readonly seed: number;
  readonly ends: State;
  /** Goes to a thing group of its own, with one device. */
  readonly delivered?: true;
  readonly archive?: 'empty';
  /** Further lines of the recipe. */
  readonly recipe?: string;
}

export const kinds = {
  'is kept': { seed: 1, ends: 'finished' },
  'is delivered': { seed: 2, ends: 'deployed', delivered: true },
  'is put back by its device': { seed: 3, ends: 'rolled-back', delivered: true },
  'cannot be installed': { seed: 4, ends: 'failed', delivered: true },
  diverges: { seed: 5, ends: 'failed' },
  'trains and leaves no model': { seed: 6, ends: 'failed' },
  'converts and leaves no artifact': { seed: 7, ends: 'failed' },
  'lacks a compiler': { seed: 8, ends: 'rejected' },
  'has no images': { seed: 9, ends: 'rejected', archive: 'empty' },
  'has a mistake in its recipe': { seed: 10, ends: 'rejected', recipe: 'imageSize: 33\n' },
  'gets no spot capacity in time': { seed: 11, ends: 'finished', recipe: 'training: {spot: true}\n' },
} as const satisfies Record<string, Kind>;

/** The names of jobs, in the stage that `serverless.yml` begins with. */
export const jobs = jobNames('dev');

export type KindName = keyof typeof kinds;

/** Of twenty runs: mostly those that go all the way. */
const mix: readonly KindName[] = [
  ...Array<KindName>(6).fill('is delivered'),
  ...Array<KindName>(4).fill('is kept'),
  ...(Object.keys(kinds) as KindName[]).filter((name) => name !== 'is delivered'), // Object.keys forgets the names
];

/** The kind of each of `count` runs; the first of them are one of each. */
export function kindOf(index: number): KindName {
  const names = Object.keys(kinds) as KindName[]; // Object.keys forgets the names
  return names[index] ?? mix[index % mix.length] ?? 'is kept';
}

export function definitionOf(index: number): Kind {
  return kinds[kindOf(index)];
}

export function nameOfRun(index: number): string {
  return `project-${index}`;
}

/** A quick recipe: small images, one device or none. */
export function recipeOf(index: number): string {
  const { seed, recipe = '', delivered } = definitionOf(index);
  const to = delivered ? `{to: ${groupOf(index)}, approval: auto}` : '{to: none}';
  const size = recipe.includes('imageSize') ? '' : 'imageSize: 16\n';
  return `${size}budget: {epochs: 1}\ndeployment: ${to}\nseed: ${seed}\n${recipe}`;
}

export function groupOf(index: number): string {
  return `group-${index}`;
}

export function thingOf(index: number): string {
  return `device-${index}`;
}
