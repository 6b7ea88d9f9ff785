import { planLayers } from '@dropforge/quantized-inference';
import { layoutBytes, planMemory, planStepMemory, planSteps } from '@dropforge/quantized-inference/packed';
import { lmnetV1, modelFromPlan, randomModel } from '@dropforge/quantized-inference/testing';
import { describe, expect, it } from 'vitest';
import { cArray, cString } from './c-text.ts';
import { emitC } from './emit-c.ts';

describe('emitC', () => {
  it('gives the same text for the same model', () => {
    expect([...emitC(lmnetV1())]).toEqual([...emitC(lmnetV1())]);
  });

  it('writes a straight list of operator calls', () => {
    const source = emitC(lmnetV1()).get('df_network.c') ?? '';
    expect(callsIn(source, 'df_generated_run')).toEqual([
      'df_conv_int8',
      'df_conv_bits',
      'df_space_to_depth',
      'df_conv_bits',
      'df_conv_bits',
      'df_space_to_depth',
      'df_conv_bits',
      'df_space_to_depth',
      'df_conv_bits',
      'df_head',
    ]);
  });

  it.each(['groups', 'planes'])('packs the pixels once for the kernels on %s, and no other image', (family) => {
    const source = emitC(lmnetV1()).get('df_network.c') ?? '';
    expect(callsIn(source, `run_${family}`)).toEqual([
      'df_pack',
      'df_conv_bytes',
      ...Array(5).fill(`df_conv_${family}`),
      'df_head',
    ]);
  });

  it('computes binary weights on signed pixels with int8 weights', () => {
    const layers = [
      { op: 'convolution', channels: 2, kernel: 1, stride: 1, padding: 0, bits: 2, weights: 'bits' },
    ] as const;
    const model = modelFromPlan({ input: { height: 1, width: 1, channels: 3 }, layers, classes: 1, seed: 1 });
    expect(emitC(model).get('df_network.c')).toContain('df_conv_int8(&layer_0, execution->pixels');
  });

  it('keeps class names from ending a comment, a string or a line', () => {
    const model = { ...lmnetV1({ classes: 2, side: 8 }), classes: ['*/ " \\ ??/', 'ü1'] };
    expect(emitC(model).get('df_network.c')).toContain('"\\052\\057 \\042 \\134 \\077\\077\\057"');
    expect(emitC(model).get('df_network.c')).toContain('"\\303\\2741"');
  });
});

/** The operators that a generated function calls, one after the other; what only an observer needs is indented deeper. */
function callsIn(source: string, name: string): (string | undefined)[] {
  const body = new RegExp(`^(static )?(void|int32_t) ${name}\\(.*\\n((    .*|#.*)\\n)*`, 'm').exec(source)?.[0] ?? '';
  return [...body.matchAll(/^ {4}(df_\w+)\(&\w+,/gm)].map(([, operator]) => operator);
}

describe('C text', () => {
  it('spells bytes as they lie in memory, in lines', () => {
    expect(cArray('int8_t', 'a', [-1, 127, 0])).toBe(
      'static const _Alignas(64) int8_t a[3] =\n    "\\377\\177\\000";\n',
    );
    expect(cArray('uint8_t', 'a', new Uint8Array(28)).split('\n')).toHaveLength(4);
  });

  it('spells the smallest int32, which has no literal', () => {
    expect(cArray('int32_t', 'a', [-(2 ** 31), 2 ** 31 - 1])).toContain('(-2147483647 - 1), 2147483647,');
    expect(cString('a.b')).toBe('"a.b"');
  });
});

describe('planMemory', () => {
  it('never lets a layer write what it reads or its scratch memory', () => {
    for (let seed = 0; seed < 200; seed++) {
      const planned = planLayers(randomModel(seed));
      const { outputOffsets, scratchOffset, arenaBytes } = planMemory(planned);
      for (const [index, { input, output }] of planned.entries()) {
        const size = ({ height, width, channels }: typeof input) => height * width * channels;
        const [from = -1, to = -1] = [outputOffsets[index - 1], outputOffsets[index]];
        if (index > 0) expect(from + size(input) <= to || to + size(output) <= from).toBe(true);
        if (index < planned.length - 1) expect(to + size(output)).toBeLessThanOrEqual(scratchOffset);
      }
      expect(arenaBytes % 64).toBe(0);
    }
  });

  it('never lets a step of the fast kernels write what it reads or what an observer sees', () => {
    for (let seed = 0; seed < 100; seed++) {
      const planned = planLayers(randomModel(seed));
      for (const family of ['groups', 'planes'] as const) {
        const steps = planSteps(planned, family);
        const { outputOffsets, observerOffsets, arenaBytes } = planStepMemory(steps, planned);
        for (const [index, { output }] of steps.slice(0, -1).entries()) {
          const [from = -1, to = -1] = [outputOffsets[index - 1], outputOffsets[index]];
          const read = steps[index - 1]?.output;
          if (read) expect(from + layoutBytes(read) <= to || to + layoutBytes(output) <= from).toBe(true);
          expect(to + layoutBytes(output)).toBeLessThanOrEqual(observerOffsets[0]);
        }
        expect(arenaBytes % 64).toBe(0);
      }
    }
  });

  it('gives LmnetV1 an arena below 256 KiB', () => {
    expect(planMemory(planLayers(lmnetV1())).arenaBytes).toBeLessThan(256 * 1024);
  });
});
