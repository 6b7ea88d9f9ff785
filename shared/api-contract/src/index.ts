export * from './route.ts';
export * from './routes.ts';
export * from './views.ts';
