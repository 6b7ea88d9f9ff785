export * from './clients.ts';
export * from './failure-reason.ts';
export * from './object-store.ts';
