/** Other engines on LmnetV1's topology. Their packages live in `bench/competitors` and are installed when asked for. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Engine, engineOf, requireSimilar } from './engine.ts';
import { channelsFirst, float32Onnx, floatImage, floatLmnet, int8Onnx, side } from './lmnet-onnx.ts';

const directory = fileURLToPath(new URL('../competitors/', import.meta.url));
const require = createRequire(`${directory}package.json`);

/** What is used of onnxruntime-node and onnxruntime-web, whose packages have types only where they are installed. */
interface OnnxRuntime {
  readonly env: { readonly wasm: { numThreads: number } };
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<OnnxSession>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => object;
}

interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, object>): Promise<Record<string, { readonly data: Float32Array }>>;
}

/** ONNX Runtime natively and as WebAssembly. Throws when npm cannot install them or their outputs are implausible. */
export async function onnxRuntimes(): Promise<Engine[]> {
  install();
  const network = floatLmnet();
  const [float32, int8] = [float32Onnx(network), int8Onnx(network)];
  const native = require('onnxruntime-node') as OnnxRuntime;
  const web = require('onnxruntime-web') as OnnxRuntime;
  web.env.wasm.numThreads = 1;
  const expected = await outputOf(await open(native, float32, 'cpu'), native);
  const engines: Engine[] = [];
  for (const [engine, runtime, variant, model] of [
    ['onnxruntime-node', native, 'int8', int8],
    ['onnxruntime-node', native, 'fp32', float32],
    ['onnxruntime-web', web, 'int8', int8],
    ['onnxruntime-web', web, 'fp32', float32],
  ] as const) {
    const session = await open(runtime, model, runtime === web ? 'wasm' : 'cpu');
    requireSimilar(`${engine} ${variant}`, await outputOf(session, runtime), expected, 0.95);
    const feeds = feedsOf(session, runtime);
    engines.push(engineOf(engine, variant, () => session.run(feeds)));
  }
  return engines;
}

/** The output of the float network by ONNX Runtime, for engines that cannot read ONNX. */
export async function expectedOutput(): Promise<Float32Array> {
  const native = require('onnxruntime-node') as OnnxRuntime;
  return outputOf(await open(native, float32Onnx(floatLmnet()), 'cpu'), native);
}

/** Loads one of the competitors' packages, whose types are the caller's word. */
export function competitor<T>(name: string): T {
  return require(name) as T;
}

/** The folder of an installed competitor. */
export function competitorFolder(name: string): string {
  return `${directory}node_modules/${name}`;
}

function install(): void {
  if (existsSync(`${directory}node_modules/.package-lock.json`)) return;
  console.error('Installing the competitors (about 500 MB) ...');
  // Its install script fetches a GPU library from elsewhere; the one for the processor is in the package.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'], {
    cwd: directory,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('npm ci failed in bench/competitors.');
}

/** Both packages register their providers in one place, so the provider is named. */
function open(runtime: OnnxRuntime, model: Uint8Array, provider: 'cpu' | 'wasm'): Promise<OnnxSession> {
  const threads = { intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential' };
  const options = { ...threads, executionProviders: [provider], logSeverityLevel: 3 };
  return runtime.InferenceSession.create(model, options);
}

function feedsOf(session: OnnxSession, { Tensor }: OnnxRuntime): Record<string, object> {
  const [name = ''] = session.inputNames;
  return { [name]: new Tensor('float32', channelsFirst(floatImage()), [1, 3, side, side]) };
}

async function outputOf(session: OnnxSession, runtime: OnnxRuntime): Promise<Float32Array> {
  const outputs = await session.run(feedsOf(session, runtime));
  return outputs[session.outputNames[0] ?? '']?.data ?? new Float32Array();
}
