/** The flow's names and moves without any store: what people's programs need, and nothing of AWS. */
export * from './bucket-keys.ts';
export * from './names.ts';
export type { HistoryEntry, Run } from './run.ts';
export * from './transitions.ts';
