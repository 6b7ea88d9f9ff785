export * from './clients.ts';
export * from './failure-reason.ts';
export { instrumentClients } from './instrument.ts';
export * from './job-place.ts';
export * from './object-store.ts';
