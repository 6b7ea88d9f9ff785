/** `npm run build`: what is made from other files: schemas and pages in the tree, the device agent in `.build/`. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleAgent } from '@dropforge/edge-agent';
import { writeGeneratedFiles } from './generate/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const changed = writeGeneratedFiles(root);
console.log(changed.length > 0 ? `Wrote ${changed.join(', ')}` : 'Every generated file is current.');
const agent = join(root, '.build/agent.mjs');
await bundleAgent(agent);
console.log('Bundled .build/agent.mjs');
