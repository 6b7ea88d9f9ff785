export { type AgentBundle, bundleAgent } from './bundle.ts';
export { type PutObject, publishAgent } from './publish-agent.ts';
