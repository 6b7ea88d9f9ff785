import { createRequire } from 'node:module';

interface Builtins {
  'node:crypto': typeof import('node:crypto');
  'node:http': typeof import('node:http');
  'node:https': typeof import('node:https');
}

/**
 * A module of Node.js, when it is needed and not as an ES module: as one, Node 22 would load fetch, WebSocket and Web
 * Crypto with it, some 10 MB that the agent never uses and small boards do not have.
 */
export const load: <Name extends keyof Builtins>(name: Name) => Builtins[Name] = createRequire(import.meta.url);
