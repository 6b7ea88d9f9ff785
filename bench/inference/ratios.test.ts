import { expect, it } from 'vitest';
import { ratiosOf } from './ratios.ts';

const row = (engine: string, variant: string, ms: number) => ({ engine, variant, ms });

it('divides their time by ours, and ours by the limit', () => {
  const rows = [row('dropforge', 'avx2', 0.5), row('limit', 'avx2', 0.25), row('onnxruntime-node', 'int8', 1)];
  expect(ratiosOf(rows)).toEqual({ avx2_vs_ort_int8: 2, avx2_vs_limit: 2 });
});

it('takes the faster AVX-512 kernels, which the library picks by itself', () => {
  const rows = [row('dropforge', 'avx512', 2), row('dropforge', 'avx512bw', 1), row('onnxruntime-node', 'int8', 4)];
  expect(ratiosOf(rows)).toEqual({ avx512_vs_ort_int8: 4, avx512_popcnt_vs_ort_int8: 2 });
});

it('leaves out what was not measured', () => {
  expect(ratiosOf([])).toEqual({});
});
