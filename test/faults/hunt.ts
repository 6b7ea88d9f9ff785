/** One hunt for faults: a kind world as the measure, an unkind one that dies now and then, and what differs. */
import { chanceOf } from './chance.ts';
import { differences, type QuietRun, quietRunsOf } from './compare.ts';
import { type KindName, kinds } from './kinds.ts';
import { runWorld } from './run-world.ts';
import type { Outcome, Plan } from './world/plan.ts';

export interface HuntOptions {
  readonly seed: number;
  /** At least one of each kind. */
  readonly runs: number;
  /** How often the process is killed. */
  readonly deaths: number;
}

export interface Quarry {
  readonly outcome: Outcome;
  readonly quiet: ReadonlyMap<KindName, QuietRun>;
  /** Sentences, the first differing run with its history first. */
  readonly differences: readonly string[];
}

export const fewestRuns = Object.keys(kinds).length;

export async function hunt({ seed, runs, deaths }: HuntOptions): Promise<Quarry> {
  const [kind, unkind] = await Promise.all([
    runWorld({ seed, runs: fewestRuns, unkind: false }),
    runWorld({ seed, runs: Math.max(runs, fewestRuns), unkind: true }, deathsOf(seed, runs, deaths)),
  ]);
  const quiet = quietRunsOf(kind);
  return { outcome: unkind, quiet, differences: [...oddities(quiet), ...differences(unkind, quiet, deaths)] };
}

/** Kinds of runs that end otherwise than meant although nothing goes wrong. */
function oddities(quiet: ReadonlyMap<KindName, QuietRun>): string[] {
  return [...quiet].flatMap(([kind, { state }]) =>
    state === kinds[kind].ends ? [] : [`A run that ${kind} ends "${state}" even when nothing goes wrong.`],
  );
}

/** What a run costs, roughly: it only spreads the deaths over the life of a world. */
const callsOfRun = 200;

function deathsOf(seed: number, runs: number, count: number): NonNullable<Plan['dies']>[] {
  const chance = chanceOf(seed);
  const most = (runs * callsOfRun) / (count + 1);
  return Array.from({ length: count }, (_, life) => ({
    atCall: 1 + Math.floor(most * (0.2 + chance('death', life))),
    before: chance('before', life) < 0.5,
  }));
}
