import type { RunView } from '@dropforge/api-contract';
import { isTerminal, type State } from '@dropforge/pipeline-state/flow';

export type StageName =
  | 'request'
  | 'dataset'
  | 'configuration'
  | 'training'
  | 'conversion'
  | 'verification'
  | 'approval'
  | 'delivery';

/** A part of a run that people wait for, from the first state that belongs to it to the first that does not. */
export interface Stage {
  readonly name: StageName;
  readonly attempt: number;
  readonly startedAt: string;
  /** Absent: it is going on. */
  readonly endedAt?: string;
  /** The event that ended it, and where that left the run. */
  readonly endedBy?: { readonly event: string; readonly state: State };
}

const stageOf: Readonly<Partial<Record<State, StageName>>> = {
  requested: 'request',
  received: 'dataset',
  validated: 'configuration',
  configured: 'training',
  'waiting-quota': 'training',
  'waiting-capacity': 'training',
  training: 'training',
  trained: 'conversion',
  converting: 'conversion',
  converted: 'verification',
  'awaiting-approval': 'approval',
  approved: 'delivery',
  deploying: 'delivery',
};

/** The stages of a run so far, oldest first, read off its history. Late news moved nothing and is passed over. */
export function stagesOf({ history }: Pick<RunView, 'history'>): Stage[] {
  const stages: Stage[] = [];
  for (const { at, event, attempt, to } of history) {
    if (to === undefined) continue;
    const state = to as State; // the API's states are the same table
    const name = stageOf[state];
    const last = stages.at(-1);
    const isOpen = last !== undefined && last.endedAt === undefined;
    if (isOpen && last.name === name && last.attempt === attempt) continue;
    if (isOpen) stages[stages.length - 1] = { ...last, endedAt: at, endedBy: { event, state } };
    if (name !== undefined) stages.push({ name, attempt, startedAt: at });
  }
  return stages;
}

/** Seconds that a stage took, or has taken until now. */
export function secondsOf({ startedAt, endedAt }: Pick<Stage, 'startedAt' | 'endedAt'>, now: Date): number {
  const end = endedAt === undefined ? now.getTime() : Date.parse(endedAt);
  return Math.max(0, (end - Date.parse(startedAt)) / 1_000);
}

/** True when a stage ended as it should; undefined while it goes on. */
export function endedWell({ endedBy }: Stage): boolean | undefined {
  if (endedBy === undefined) return undefined;
  return !isTerminal(endedBy.state) || endedBy.state === 'deployed' || endedBy.state === 'finished';
}
