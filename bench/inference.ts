/** Our kernels and other engines on LmnetV1, 32x32, one thread, one image at a time. */
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { onnxRuntimes } from './inference/competitors.ts';
import type { Engine, Row } from './inference/engine.ts';
import { limitEngines } from './inference/limits.ts';
import { jpegToClass, model, nativeEngines, typescriptReference } from './inference/ours.ts';
import { ratiosOf } from './inference/ratios.ts';
import { tfjsEngine } from './inference/tfjs.ts';
import { wasmEngines } from './inference/wasm.ts';
import { median } from './median.ts';

/** Of one engine in one round: neighbours of a virtual machine come and go within seconds, and every engine is to meet them all. */
const turnMilliseconds = 30;

/** `inference [--rounds N] [--json FILE]` */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string', default: '31' }, json: { type: 'string' } },
  });
  const native = await nativeEngines();
  try {
    const limits = await limitEngines(model, native.directory, native.variants);
    const ours = [
      ...native.engines,
      await jpegToClass(native.directory),
      ...(await wasmEngines()),
      typescriptReference(),
    ];
    const engines = [...ours, ...limits, ...(await onnxRuntimes()), await tfjsEngine()];
    const rows = await interleave(engines, Number(values.rounds));
    const report = { cpu: cpus()[0]?.model ?? 'unknown', rows, ratios: ratiosOf(rows) };
    print(report);
    if (values.json) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
  } finally {
    await native.remove();
  }
}

/** Round by round, so that a busy minute of the machine meets every engine. */
async function interleave(engines: readonly Engine[], rounds: number): Promise<Row[]> {
  const counts = new Map<Engine, number>();
  for (const engine of engines) {
    const estimate = await engine.measure(5);
    counts.set(engine, Math.max(3, Math.round(turnMilliseconds / estimate)));
  }
  const medians = new Map(engines.map((engine) => [engine, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const engine of engines) medians.get(engine)?.push(await engine.measure(counts.get(engine) ?? 3));
  }
  return engines.map((engine) => ({
    engine: engine.engine,
    variant: engine.variant,
    ms: median(medians.get(engine) ?? []),
  }));
}

function print({ rows, ratios }: { rows: readonly Row[]; ratios: Readonly<Record<string, number>> }): void {
  for (const { engine, variant, ms } of rows) {
    console.log(`${engine.padEnd(18)} ${variant.padEnd(12)} ${ms.toFixed(3).padStart(9)} ms`);
  }
  for (const [name, ratio] of Object.entries(ratios)) console.log(`${name.padEnd(30)} ${ratio.toFixed(2).padStart(9)}`);
  console.log(`${cpus()[0]?.model}; Node ${process.version}; load ${loadavg()[0]?.toFixed(1)}`);
}
