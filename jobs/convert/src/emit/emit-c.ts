/** The network as C source: constant arrays and a straight list of operator calls. */
import { createHash } from 'node:crypto';
import { type IntegerModel, planLayers, writeModel } from '@dropforge/quantized-inference';
import { kernelFamilies, planMemory } from '@dropforge/quantized-inference/packed';
import { arenaBytesOf } from './arena-bytes.ts';
import { emitFamily } from './emit-family.ts';
import { emitArena, emitCallBuffers, emitInfo } from './emit-info.ts';
import { emitLayer, type LayerText } from './emit-layer.ts';

/** C sources by path relative to the directory in which they are compiled. */
export type Sources = ReadonlyMap<string, string>;

/** The same model gives the same text. Throws ModelFileError for a model that breaks a rule of the format. */
export function emitC(model: IntegerModel): Sources {
  const digest = createHash('sha256').update(writeModel(model)).digest('hex');
  const planned = planLayers(model);
  const memory = planMemory(planned);
  const layers = planned.map((layer, index) => {
    const input = index === 0 ? 'execution->pixels' : arena(memory.outputOffsets[index - 1]);
    return emitLayer(layer, `layer_${index}`, input, arena(memory.outputOffsets[index]), arena(memory.scratchOffset));
  });
  const families = kernelFamilies.map((family) => ({ family, source: emitFamily(planned, family) }));
  const arenaBytes = arenaBytesOf(planned);
  const sections = [
    `/* Generated from the model ${digest}. */\n#include "df_dlk.h"\n#include "df_packed_conv.h"\n`,
    emitArena(arenaBytes),
    emitCallBuffers(model),
    ...layers.map(({ definitions }, index) => `/* ${model.layers[index]?.name} */\n${definitions}`),
    emitInfo(model, digest, arenaBytes),
    OBSERVE,
    ...families.map(({ family, source }) => `#if ${machines[family]}\n${source}#endif\n`),
    emitRun(
      model,
      layers,
      planned.map(({ output }) => output.height * output.width * output.channels),
      memory.outputOffsets,
    ),
  ];
  return new Map([['df_network.c', sections.join('\n')]]);
}

function arena(offset: number | undefined): string {
  return `execution->arena + ${offset}`;
}

const OBSERVE = `\
static void observe(const df_execution *execution, uint32_t layer, const uint8_t *levels, uint64_t bytes) {
    if (execution->observer != 0) execution->observer(execution->context, layer, levels, bytes);
}
`;

/** Which machines have a family's kernels. 32-bit ARM looks up 8 bytes at a time, so that it counts bits faster. */
const machines = {
  groups: 'defined(__x86_64__) || defined(__aarch64__)',
  planes: 'defined(__x86_64__) || (defined(__ARM_NEON) && !defined(__aarch64__))',
};

const CHOOSE_FAMILY = [
  '#if defined(__x86_64__)',
  '    if (execution->kernels == DF_AVX512) {',
  '        run_planes(execution);',
  '        return DF_OK;',
  '    }',
  '    if (execution->kernels != DF_PORTABLE) {',
  '        run_groups(execution);',
  '        return DF_OK;',
  '    }',
  '#elif defined(__ARM_NEON)',
  '    if (execution->kernels == DF_NEON) {',
  '#if defined(__aarch64__)',
  '        run_groups(execution);',
  '#else',
  '        run_planes(execution);',
  '#endif',
  '        return DF_OK;',
  '    }',
  '#endif',
];

function emitRun(
  model: IntegerModel,
  layers: readonly LayerText[],
  outputBytes: readonly number[],
  outputOffsets: readonly number[],
): string {
  const statements = layers.flatMap(({ call }, index) => {
    const isHead = model.layers[index]?.op === 'head';
    const levels = isHead ? '(const uint8_t *)execution->logits' : arena(outputOffsets[index]);
    const bytes = (outputBytes[index] ?? 0) * (isHead ? 4 : 1);
    return [call, `observe(execution, ${index}, ${levels}, ${bytes});`];
  });
  return [
    'int32_t df_generated_run(const df_execution *execution) {',
    ...CHOOSE_FAMILY,
    ...statements.map((statement) => `    ${statement}`),
    '    return DF_OK;',
    '}',
    '',
    '/* A processor is always ready. */',
    'int32_t df_generated_prepare(void) {',
    '    return DF_OK;',
    '}',
    '',
  ].join('\n');
}
