/** From what build-bitstream wrote to the files of a Greengrass component. */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ArrayName, arraySizes } from '@dropforge/convert/fpga';
import { z } from 'zod';
import { runTool } from '../../src/run-tool.ts';
import { driver } from '../../src/sources.ts';
import { boardArrays } from './board-files.ts';
import { boardRoot } from './board-sources.ts';
import { bitstreamRecipe, type ComponentFile, firstVersion } from './component-recipe.ts';

export type MakeComponentCode = 'MANIFEST_MISSING' | 'MANIFEST_INVALID' | 'BITSTREAM_CHANGED' | 'VERSION_INVALID';

export class MakeComponentError extends Error {
  readonly code: MakeComponentCode;
  readonly action: string;

  constructor(code: MakeComponentCode, message: string, action: string) {
    super(message);
    this.name = 'MakeComponentError';
    this.code = code;
    this.action = action;
  }
}

export interface MadeComponent {
  readonly recipe: ReturnType<typeof bitstreamRecipe>;
  /** Absolute paths of the artifacts. */
  readonly files: readonly string[];
  /** Key of the artifacts in the bucket, with a slash at the end: the same bitstream always has the same. */
  readonly keyPrefix: string;
}

/** manifest.json of build-bitstream, as far as it is needed here. */
const Manifest = z.object({
  format: z.literal('dropforge-bitstream/1'),
  board: z.literal('de10-nano'),
  array: z.enum(boardArrays as readonly ArrayName[] as [ArrayName]),
  file: z.string().regex(/^[\w.-]+\.rbf$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * Writes the artifacts and `recipe.json` into `<folder>/component` anew. Needs dtc, fdtput and a C compiler for armhf.
 * @param folder where build-bitstream wrote the bitstream and its manifest
 * @throws MakeComponentError when the folder is not what build-bitstream left
 * @throws Error when a tool is missing or fails
 */
export function makeComponent(folder: string, bucket: string, version = firstVersion): MadeComponent {
  if (!/^\d{1,6}\.\d{1,6}\.\d{1,6}$/.test(version)) {
    throw new MakeComponentError('VERSION_INVALID', `"${version}" is no version.`, 'Write one such as 1.0.3.');
  }
  const manifest = readManifest(folder);
  const out = join(folder, 'component');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  const file = (name: string): ComponentFile => ({ name, sha256: digestOf(join(out, name)) });

  cpSync(join(folder, manifest.file), join(out, 'bitstream.rbf'));
  if (file('bitstream.rbf').sha256 !== manifest.sha256) {
    throw new MakeComponentError(
      'BITSTREAM_CHANGED',
      `${manifest.file} is not the file that manifest.json describes.`,
      'Run build-bitstream again.',
    );
  }
  cpSync(join(boardRoot, 'component/load-bitstream'), join(out, 'load-bitstream'));
  compileOverlay('dropforge', join(out, 'dropforge.dtbo'));
  compileOverlay('dropforge-bridge', join(out, 'dropforge-bridge.dtbo'));
  // Each bitstream has a file name of its own, so that the kernel never reads another one's.
  const firmware = `dropforge/${manifest.sha256}.rbf`;
  runTool('fdtput', ['-t', 's', join(out, 'dropforge.dtbo'), '/fragment@0/__overlay__', 'firmware-name', firmware]);
  compileReader(join(out, 'read-registers'));

  const parts = {
    array: arraySizes[manifest.array],
    version,
    bitstream: file('bitstream.rbf'),
    overlay: file('dropforge.dtbo'),
    bridgeOverlay: file('dropforge-bridge.dtbo'),
    registers: file('read-registers'),
    loader: file('load-bitstream'),
  };
  const all = [parts.loader, parts.bitstream, parts.overlay, parts.bridgeOverlay, parts.registers];
  const digest = createHash('sha256').update(JSON.stringify(all)).digest('hex');
  const keyPrefix = `bitstreams/${digest.slice(0, 16)}/`;
  const recipe = bitstreamRecipe({ ...parts, uriPrefix: `s3://${bucket}/${keyPrefix}` });
  writeFileSync(join(out, 'recipe.json'), `${JSON.stringify(recipe, null, 2)}\n`);
  return { recipe, files: all.map(({ name }) => join(out, name)), keyPrefix };
}

function readManifest(folder: string): z.infer<typeof Manifest> {
  const path = join(folder, 'manifest.json');
  const action = 'Run edge/gateware/board/build-bitstream first; it needs Quartus.';
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new MakeComponentError('MANIFEST_MISSING', `There is no ${path}.`, action);
  }
  try {
    return Manifest.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new MakeComponentError('MANIFEST_INVALID', `${path} is not build-bitstream's:\n${reason}`, action);
  }
}

/** With symbols, as overlays are made for trees that have them. */
function compileOverlay(name: string, out: string): void {
  runTool('dtc', ['-@', '-I', 'dts', '-O', 'dtb', '-o', out, join(boardRoot, `device-tree/${name}.dts`)]);
}

/** Static: it runs on whatever C library the card has. */
function compileReader(out: string): void {
  const source = join(boardRoot, 'component/read-registers.c');
  runTool('arm-linux-gnueabihf-gcc', [
    '-std=c11',
    '-D_GNU_SOURCE',
    '-Os',
    '-s',
    '-static',
    '-Wall',
    '-Werror',
    `-I${driver}`,
    '-o',
    out,
    source,
  ]);
}

function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
