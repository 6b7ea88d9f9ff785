/** What a world is to be, and what became of it: two files in its folder. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '@dropforge/pipeline-state';
import type { KindName } from '../kinds.ts';

export interface Plan {
  readonly seed: number;
  readonly runs: number;
  /** Whether anything goes wrong. */
  readonly unkind: boolean;
  /** How often it has died before. */
  readonly life: number;
  /** After how many calls to AWS the process dies; undefined: it lives. */
  readonly dies?: { readonly atCall: number; readonly before: boolean } | undefined;
}

export interface Outcome {
  readonly runs: readonly { readonly index: number; readonly kind: KindName; readonly run: Run | undefined }[];
  /** How often each job was created, by name. */
  readonly jobs: Readonly<Record<string, number>>;
  /** Deployments by run and attempt. */
  readonly deployments: Readonly<Record<string, number>>;
  /** `function: event` of every dead letter. */
  readonly deadLetters: readonly string[];
  /** What the ledger still has in its books: slots that are held, runs that wait. */
  readonly slots: readonly string[];
  /** Projects for whose jobs money is still set aside. */
  readonly reserved: readonly string[];
  /** Texts of Slack's messages, by run. */
  readonly messages: Readonly<Record<string, readonly string[]>>;
  readonly calls: Readonly<Record<string, { readonly calls: number; readonly refused: number }>>;
  readonly simulatedHours: number;
}

export const readPlan = (directory: string): Plan => read(directory, 'plan.json');
export const readOutcome = (directory: string): Outcome => read(directory, 'outcome.json');
export const writePlan = (directory: string, plan: Plan): void => write(directory, 'plan.json', plan);
export const writeOutcome = (directory: string, outcome: Outcome): void => write(directory, 'outcome.json', outcome);

function read<Content>(directory: string, name: string): Content {
  return JSON.parse(readFileSync(join(directory, name), 'utf8')) as Content; // written below from the same type
}

/** In one rename: the process may be killed at any moment. */
function write(directory: string, name: string, content: Plan | Outcome): void {
  writeFileSync(join(directory, `${name}.new`), JSON.stringify(content, null, 2));
  renameSync(join(directory, `${name}.new`), join(directory, name));
}
