import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AgentBundle, bundleAgent } from './bundle.ts';

/** Writes one object to the bucket of a deployment. */
export type PutObject = (key: string, body: string | Buffer, contentType: string) => Promise<unknown>;

/**
 * Puts the agent where the deployer looks for it. The object of a version never changes; the pointer comes last, so
 * that it never names what is not there.
 */
export async function publishAgent(
  put: PutObject,
  workFolder: string,
): Promise<AgentBundle & { readonly key: string }> {
  await mkdir(workFolder, { recursive: true });
  const file = join(workFolder, 'agent.mjs');
  const bundle = await bundleAgent(file);
  const { version, sha256 } = bundle;
  const key = `agents/${version}/agent.mjs`;
  await put(key, await readFile(file), 'text/javascript');
  const pointer = { format: 'dropforge-agents/1', version, key, sha256 };
  await put('agents/current.json', JSON.stringify(pointer), 'application/json');
  return { ...bundle, key };
}
