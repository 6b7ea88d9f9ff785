export * from './examples.ts';
export * from './problems.ts';
export * from './route.ts';
export * from './routes.ts';
export * from './slack-interactions.ts';
export * from './views.ts';
