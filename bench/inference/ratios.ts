/** Ratios of one run's times: above 1 ours is the faster one; `_vs_limit` is our time over the limit. */
import type { Row } from './engine.ts';

/** [name, ours, theirs]; each is engine and variant, and of several the fastest counts. */
const comparisons = [
  ['avx512_vs_ort_int8', ['dropforge avx512', 'dropforge avx512bw', 'dropforge avx512vbmi'], 'onnxruntime-node int8'],
  ['avx512_popcnt_vs_ort_int8', ['dropforge avx512'], 'onnxruntime-node int8'],
  ['avx2_vs_ort_int8', ['dropforge avx2'], 'onnxruntime-node int8'],
  ['wasm_vs_ort_web_int8', ['dropforge wasm'], 'onnxruntime-web int8'],
  ['wasm_vs_tfjs', ['dropforge wasm'], 'tfjs wasm fp32'],
  ['relaxed_vs_wasm', ['dropforge wasm-relaxed'], 'dropforge wasm'],
] as const;

/** Ratios whose engines did not run are left out. */
export function ratiosOf(rows: readonly Row[]): Record<string, number> {
  const times = new Map(rows.map(({ engine, variant, ms }) => [`${engine} ${variant}`, ms]));
  const fastest = (names: readonly string[]) =>
    Math.min(...names.map((name) => times.get(name) ?? Number.POSITIVE_INFINITY));
  const ratios: [string, number][] = comparisons.map(([name, ours, theirs]) => [
    name,
    (times.get(theirs) ?? Number.NaN) / fastest(ours),
  ]);
  for (const variant of ['avx512', 'avx512vbmi', 'avx512bw', 'avx2']) {
    const [ours, limit] = [times.get(`dropforge ${variant}`), times.get(`limit ${variant}`)];
    if (ours !== undefined && limit !== undefined) ratios.push([`${variant}_vs_limit`, ours / limit]);
  }
  return Object.fromEntries(ratios.filter(([, ratio]) => Number.isFinite(ratio) && ratio > 0));
}
