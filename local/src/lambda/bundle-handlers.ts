import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** CommonJS packages call `require`, which a module does not have. */
const requireInModule =
  "import{createRequire as createBundleRequire}from'node:module';const require=createBundleRequire(import.meta.url);";

export interface HandlerBundles {
  /** What each handler file is loaded from. */
  readonly files: ReadonlyMap<string, string>;
  /** Every file that went into them. */
  readonly sources: readonly string[];
}

/**
 * Bundles all functions at once into a folder, which is replaced, with what they share in common files: a function then
 * loads a few files instead of a thousand, in two fifths of the time. Names and comments of files stay in; source maps
 * would cost half as much again. What is edited afterwards counts from the next start.
 */
export async function bundleHandlers(handlerFiles: readonly string[], folder: string): Promise<HandlerBundles> {
  const files = [...new Set(handlerFiles)];
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: files.map((file, index) => ({ in: file, out: `handler-${index}` })),
    outdir: folder,
    write: false, // by this process below: esbuild's own would go on writing for a moment if this one were killed
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    mainFields: ['module', 'main'],
    keepNames: true,
    metafile: true,
    banner: { js: requireInModule },
    logLevel: 'silent',
    plugins: [packagesInPlace],
  });
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await Promise.all(outputFiles.map(({ path: file, contents }) => writeFile(file, contents)));
  return {
    files: new Map(files.map((file, index) => [file, path.join(folder, `handler-${index}.mjs`)])),
    sources: Object.keys(metafile.inputs).map((file) => path.join(root, file)),
  };
}

/** Packages that load a library or other files beside them stay where they are, wherever the folder of the bundles is. */
const packagesInPlace: Plugin = {
  name: 'packages-in-place',
  setup({ onResolve }) {
    onResolve({ filter: /^(sharp|@dropforge\/quantized-inference\/node)$/ }, ({ path: name, importer }) => ({
      path: pathToFileURL(createRequire(importer).resolve(name)).href,
      external: true,
    }));
  },
};
