import type { EventName } from '@dropforge/events';

/**
 * Where a run can be. Ranks grow within an attempt, so late news can be told from new news.
 * `overdueAfterSeconds`: when nothing was heard for so long, the reconciler asks; null: the run may rest here.
 */
export const states = {
  requested: { rank: 5, overdueAfterSeconds: 120 },
  received: { rank: 10, overdueAfterSeconds: 1_800 },
  validated: { rank: 20, overdueAfterSeconds: 300 },
  configured: { rank: 30, overdueAfterSeconds: 300 },
  'waiting-quota': { rank: 31, overdueAfterSeconds: 60 },
  'waiting-capacity': { rank: 32, overdueAfterSeconds: 300 },
  training: { rank: 40, overdueAfterSeconds: 300 },
  trained: { rank: 50, overdueAfterSeconds: 300 },
  converting: { rank: 60, overdueAfterSeconds: 120 },
  converted: { rank: 70, overdueAfterSeconds: 900 },
  'awaiting-approval': { rank: 80, overdueAfterSeconds: 300 },
  approved: { rank: 85, overdueAfterSeconds: 300 },
  deploying: { rank: 90, overdueAfterSeconds: 600 },
  deployed: { rank: 100, overdueAfterSeconds: null },
  finished: { rank: 100, overdueAfterSeconds: null },
  rejected: { rank: 100, overdueAfterSeconds: null },
  failed: { rank: 100, overdueAfterSeconds: null },
  stopped: { rank: 100, overdueAfterSeconds: null },
  'rolled-back': { rank: 100, overdueAfterSeconds: null },
  stalled: { rank: 100, overdueAfterSeconds: null },
  // A job may have been on its way when the run was called off: its services are told again a few times.
  cancelled: { rank: 110, overdueAfterSeconds: 120 },
} as const satisfies Record<string, { rank: number; overdueAfterSeconds: number | null }>;

export type State = keyof typeof states;

export interface Transition {
  /** `none`: the run does not exist yet. */
  readonly from: readonly (State | 'none')[];
  readonly to: State;
}

/** States in which a person may still call the run off. */
const open = [
  'requested',
  'received',
  'validated',
  'configured',
  'waiting-quota',
  'waiting-capacity',
  'training',
  'trained',
  'converting',
  'converted',
  'awaiting-approval',
  'approved',
] as const;

/** The legal moves. A step's event moves the run only from these states, in the one write that also queues the event. */
export const transitions = {
  'training.requested': { from: ['none'], to: 'requested' },
  'dataset.received': { from: ['none', 'requested'], to: 'received' },
  'dataset.validated': { from: ['received'], to: 'validated' },
  'dataset.rejected': { from: ['received'], to: 'rejected' },
  'config.rendered': { from: ['validated'], to: 'configured' },
  'config.rejected': { from: ['validated'], to: 'rejected' },
  'training.refused': { from: ['configured', 'waiting-quota', 'waiting-capacity'], to: 'rejected' },
  'training.queued': { from: ['configured'], to: 'waiting-quota' },
  'training.deferred': {
    from: ['configured', 'waiting-quota', 'waiting-capacity', 'training'],
    to: 'waiting-capacity',
  },
  'training.started': {
    from: ['configured', 'waiting-quota', 'waiting-capacity'],
    to: 'training',
  },
  // A short job can end before the note of its start is written: its end counts all the same.
  'training.completed': {
    from: ['configured', 'waiting-quota', 'waiting-capacity', 'training'],
    to: 'trained',
  },
  'training.failed': {
    from: ['configured', 'waiting-quota', 'waiting-capacity', 'training'],
    to: 'failed',
  },
  'training.stopped': {
    from: ['configured', 'waiting-quota', 'waiting-capacity', 'training'],
    to: 'stopped',
  },
  'conversion.started': { from: ['trained'], to: 'converting' },
  'conversion.completed': { from: ['trained', 'converting'], to: 'converted' },
  'conversion.failed': { from: ['trained', 'converting'], to: 'failed' },
  'model.validated': { from: ['converted'], to: 'awaiting-approval' },
  'model.rejected': { from: ['converted'], to: 'rejected' },
  'model.approved': { from: ['awaiting-approval'], to: 'approved' },
  'model.declined': { from: ['awaiting-approval'], to: 'rejected' },
  'deployment.skipped': { from: ['awaiting-approval'], to: 'finished' },
  'deployment.started': {
    from: ['awaiting-approval', 'approved'],
    to: 'deploying',
  },
  'deployment.completed': { from: ['deploying'], to: 'deployed' },
  'deployment.failed': {
    from: ['awaiting-approval', 'approved', 'deploying'],
    to: 'failed',
  },
  'deployment.rolled-back': { from: ['deploying'], to: 'rolled-back' },
  'run.cancelled': { from: open, to: 'cancelled' },
  'run.stalled': { from: [...open, 'deploying'], to: 'stalled' },
} as const satisfies Record<Exclude<EventName, 'run.retried'>, Transition>;

/** Where each event leaves the run, and so the only state in which a consumer of that event may still act on it. */
export const actionable: Readonly<Record<string, readonly State[]>> = {
  ...Object.fromEntries(Object.entries(transitions).map(([name, { to }]) => [name, [to]])),
  // The reconciler says `config.rendered` again when a slot or capacity may have come free.
  'config.rendered': ['configured', 'waiting-quota', 'waiting-capacity'],
};

/** States that a retry may leave, and the events whose facts it can go on from: the last that the run has wins. */
export const retry = {
  from: ['rejected', 'failed', 'stopped', 'stalled', 'rolled-back'],
  resume: [
    'training.requested',
    'dataset.received',
    'dataset.validated',
    'config.rendered',
    'training.completed',
    'conversion.completed',
    'model.validated',
  ],
} as const satisfies { from: readonly State[]; resume: readonly EventName[] };

/** True when nothing happens to the run any more unless a person asks for it. */
export function isTerminal(state: State): boolean {
  return states[state].rank >= 100;
}
