/** The network for an engine as C source: the image that the engine loads, and the head, which is left to the processor. */
import { createHash } from 'node:crypto';
import { elementCount, type IntegerModel, planLayers, type Shape, writeModel } from '@dropforge/quantized-inference';
import { type ArraySize, arrayWord } from '../fpga/array-size.ts';
import { type FpgaNetwork, lowerModel } from '../fpga/lower-model.ts';
import { hostWords } from '../fpga/unpack-levels.ts';
import { cArray, cInitializer } from './c-text.ts';
import type { Sources } from './emit-c.ts';
import { emitArena, emitCallBuffers, emitInfo } from './emit-info.ts';
import { emitLayer } from './emit-layer.ts';

export interface EngineSources {
  readonly sources: Sources;
  /** Clock cycles of a run. */
  readonly cycles: number;
  /** Of the image that the engine loads. */
  readonly imageBytes: number;
}

const ALIGNMENT = 64;

/** The same model and array give the same text. Throws FpgaRefusal for a model that the array cannot run. */
export function emitEngine(model: IntegerModel, array: ArraySize): EngineSources {
  const digest = createHash('sha256').update(writeModel(model)).digest('hex');
  const network = lowerModel(model, array);
  const arena = planArena(model, network, array);
  const sections = [
    `/* Generated from the model ${digest} for an array of ${array.name}. */\n#include "df_dlk.h"\n#include "df_engine.h"\n`,
    emitArena(arena.bytes),
    emitCallBuffers(model),
    cArray('uint32_t', 'image', network.image),
    emitNetwork(model, network, array),
    emitInfo(model, digest, arena.bytes),
    emitRun(model, arena),
  ];
  const sources = new Map([['df_network.c', sections.join('\n')]]);
  return { sources, cycles: network.cycles, imageBytes: network.image.byteLength };
}

/** Offsets of what a run works with: levels before the head, the head's sums, and words to and from the engine. */
interface Arena {
  readonly scratch: number;
  readonly words: number;
  readonly bytes: number;
}

function planArena({ input }: IntegerModel, network: FpgaNetwork, array: ArraySize): Arena {
  const written = lastWritten(network);
  const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
  const scratch = aligned(elementCount(written));
  const words = scratch + aligned(4 * written.channels);
  const count = Math.max(input.height * input.width, hostWords(written, array));
  return { scratch, words, bytes: words + aligned(4 * count) };
}

function emitNetwork({ input }: IntegerModel, network: FpgaNetwork, array: ArraySize): string {
  const fields = {
    image: 'image',
    image_words: network.image.length,
    array: `0x${arrayWord(array).toString(16)}`,
    input: shapeOf(input),
    output: shapeOf(lastWritten(network)),
    buffer: network.passes.at(-1)?.buffer ?? 0,
  };
  const body = Object.entries(fields).map(([name, value]) => `    .${name} = ${value},\n`);
  return `static const df_engine_network network = {\n${body.join('')}};\n`;
}

function emitRun(model: IntegerModel, { scratch, words }: Arena): string {
  const planned = planLayers(model);
  const head = planned.length - 1;
  const [layer] = planned.slice(head);
  if (!layer) throw new Error('A model without layers has passed the check.');
  const { definitions, call } = emitLayer(layer, 'head', 'levels', '', `levels + ${scratch}`);
  return [
    definitions,
    'static void observe(const df_execution *execution, uint32_t layer, const uint8_t *levels, uint64_t bytes) {',
    '    if (execution->observer != 0) execution->observer(execution->context, layer, levels, bytes);',
    '}',
    '',
    'int32_t df_generated_run(const df_execution *execution) {',
    '    uint8_t *const levels = execution->arena;',
    `    const int32_t code = df_run_engine(&network, execution->pixels, levels, (uint32_t *)(levels + ${words}));`,
    '    if (code != DF_OK) return code;',
    `    observe(execution, ${head - 1}, levels, ${elementCount(layer.input)});`,
    `    ${call}`,
    `    observe(execution, ${head}, (const uint8_t *)execution->logits, ${4 * model.classes.length});`,
    '    return DF_OK;',
    '}',
    '',
    'int32_t df_generated_prepare(void) {',
    '    return df_prepare_engine(&network);',
    '}',
    '',
  ].join('\n');
}

/** The passes end where the head begins. */
function lastWritten({ passes }: FpgaNetwork): Shape {
  const last = passes.at(-1);
  if (!last) throw new Error('A network without passes was lowered.');
  return last.written;
}

function shapeOf({ height, width, channels }: Shape): string {
  return cInitializer([height, width, channels]);
}
