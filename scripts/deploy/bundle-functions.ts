/** Bundles each function on its own: one minified module with the AWS SDK in it, so that what was tested is what runs. */
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** A function as its service.yml names it. */
export interface FunctionSource {
  /** The key below `functions:`. */
  readonly key: string;
  /** `<file without extension>.<export>`, below the root. */
  readonly handler: string;
}

export interface FunctionBundle {
  readonly key: string;
  /** Holds `index.mjs` and `index.mjs.map`. */
  readonly folder: string;
  /** Lambda's handler within the folder. */
  readonly handler: string;
  /** Packages in the bundle that load a library of the machine. */
  readonly native: readonly string[];
}

/** Bundles into `<outFolder>/<key>/`. @throws esbuild's BuildFailure, which names file and line. */
export async function bundleFunctions(
  root: string,
  functions: readonly FunctionSource[],
  outFolder: string,
): Promise<FunctionBundle[]> {
  // One build for all, so that what they share is read once.
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: functions.map(({ key }) => ({ in: key, out: `${key}/index` })),
    outdir: outFolder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    minify: true,
    keepNames: true, // names of errors and functions stand in logs
    sourcemap: 'linked',
    sourcesContent: false, // the sources are in the repository; their names and lines are enough
    legalComments: 'none',
    mainFields: ['module', 'main'],
    metafile: true,
    logLevel: 'silent',
    banner: { js: requireInModule },
    loader: { '.wasm': 'binary' },
    plugins: [oneHandlerEach(root, functions), unusedHandlers, kernelsWithin, onlyEnglish, unusedNativePackages],
  });
  return functions.map(({ key, handler }) => {
    const folder = join(outFolder, key);
    const output = metafile.outputs[relative(root, join(folder, 'index.mjs'))];
    const used = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    const native = nativePackages.filter((one) => used.some(([path]) => path.includes(`node_modules/${one}/`)));
    return { key, folder, handler: `index.${split(handler).name}`, native };
  });
}

/** Packages whose JavaScript is bundled and whose library goes into the zip beside it. */
const nativePackages = ['sharp'];

/** CommonJS packages call `require`, which a module does not have. The name is longer than any that minifying makes. */
const requireInModule =
  "import{createRequire as createBundleRequire}from'node:module';const require=createBundleRequire(import.meta.url);";

/** Each bundle begins with the one export, so that what belongs to the service's other functions falls away. */
function oneHandlerEach(root: string, functions: readonly FunctionSource[]): Plugin {
  const sources = new Map(functions.map(({ key, handler }) => [key, split(handler)]));
  return {
    name: 'one-handler-each',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ kind, path }) =>
        kind === 'entry-point' ? { path, namespace: 'function' } : undefined,
      );
      onLoad({ filter: /.*/, namespace: 'function' }, ({ path }) => {
        const { file, name } = sources.get(path) ?? { file: path, name: 'handler' };
        return { contents: `export { ${name} } from './${file}.ts';`, resolveDir: root, loader: 'ts' };
      });
    },
  };
}

function split(handler: string): { file: string; name: string } {
  const dot = handler.lastIndexOf('.');
  return { file: handler.slice(0, dot), name: handler.slice(dot + 1) };
}

/** A handler that nobody exports is left out: making one has no effect but the handler. */
const unusedHandlers: Plugin = {
  name: 'unused-handlers',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]services[\\/][^\\/]+[\\/]src[\\/]handler\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return { contents: text.replaceAll(/^(export const \w+ = )(on[A-Z])/gm, '$1/* @__PURE__ */ $2'), loader: 'ts' };
    });
  },
};

/** The WebAssembly kernels lie in the module that reads them: a zip has no folder of the package beside it. */
const kernelsWithin: Plugin = {
  name: 'kernels-within',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]quantized-inference[\\/]node[\\/]read-kernels\.ts$/ }, ({ path }) => ({
      contents: `import simd from '../dist/kernels.wasm';
        import relaxedSimd from '../dist/kernels-relaxed.wasm';
        export const readKernels = async () => ({ simd, relaxedSimd });`,
      resolveDir: dirname(path),
    }));
  },
};

/** zod carries its messages in fifty languages, a quarter of a megabyte; ours are in one. */
const onlyEnglish: Plugin = {
  name: 'only-english',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, ({ path }) => ({
      contents: "export { default as en } from './en.js';",
      resolveDir: dirname(path),
    }));
  },
};

/** A package with a native part stays away where nothing of it is used, although loading it has effects. */
const unusedNativePackages: Plugin = {
  name: 'unused-native-packages',
  setup({ onResolve, resolve }) {
    onResolve(
      { filter: new RegExp(`^(${nativePackages.join('|')})$`) },
      async ({ path, kind, resolveDir, pluginData }) => {
        if (pluginData === 'resolved') return undefined;
        return { ...(await resolve(path, { kind, resolveDir, pluginData: 'resolved' })), sideEffects: false };
      },
    );
  },
};
