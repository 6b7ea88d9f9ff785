/** Webhooks: who asked to hear of what. Apart from the runs, because few functions need it. */
export * from './dynamo-webhook-store.ts';
export * from './memory-webhook-store.ts';
export * from './webhook.ts';
export * from './webhook-address.ts';
export * from './webhook-secret.ts';
export * from './webhook-store.ts';
