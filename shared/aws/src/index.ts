export * from './clients.ts';
export * from './object-store.ts';
