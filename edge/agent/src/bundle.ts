import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface AgentBundle {
  /** Derived from the bytes, so that equal agents have equal versions and an object in the bucket never changes. */
  readonly version: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Bundles the agent into one file for Node 18 or later, without any dependency. Its folder is made when missing. */
export async function bundleAgent(outFile: string): Promise<AgentBundle> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./main.ts', import.meta.url))],
    outfile: outFile,
    write: false, // by this process below: esbuild's own would outlive it for a moment
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node18',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const bundle = outputFiles[0]?.contents ?? new Uint8Array();
  await mkdir(dirname(outFile), { recursive: true });
  await writeFile(outFile, bundle);
  const sha256 = createHash('sha256').update(bundle).digest('hex');
  return { version: `0.1.0-${sha256.slice(0, 12)}`, sha256, bytes: bundle.length };
}
