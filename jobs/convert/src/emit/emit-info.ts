/** What every network tells about itself, and the memory of callers that bring none. */
import type { IntegerModel } from '@dropforge/quantized-inference';
import { cString } from './c-text.ts';

/** The working memory that df_run takes when its caller gives none. */
export function emitArena(bytes: number): string {
  return `/* Working memory of callers that bring none. */\n_Alignas(DF_ARENA_ALIGNMENT) uint8_t df_generated_arena[${bytes}];\n`;
}

/** What df_dlk.c converts its caller's float32 values into and out of. */
export function emitCallBuffers({ input, classes }: IntegerModel): string {
  const pixels = input.height * input.width * input.channels;
  return `uint8_t df_generated_pixels[${pixels}];\nint32_t df_generated_logits[${classes.length}];\n`;
}

/** Defines df_generated_info. */
export function emitInfo(model: IntegerModel, digest: string, arenaBytes: number): string {
  const { height, width, channels } = model.input;
  const names = (symbol: string, values: readonly string[]) =>
    `static const char *const ${symbol}[] = {\n${values.map((value) => `    ${cString(value)},\n`).join('')}};\n`;
  const fields = {
    abi_version: 'DF_ABI_VERSION',
    height,
    width,
    channels,
    classes: model.classes.length,
    layers: model.layers.length,
    arena_bytes: arenaBytes,
    // JavaScript prints the shortest text that reads back as the same double; C reads it so.
    logit_scale: model.logitScale,
    model_digest: cString(digest),
    class_names: 'class_names',
    layer_names: 'layer_names',
  };
  const body = Object.entries(fields).map(([name, value]) => `    .${name} = ${value},\n`);
  return [
    names('class_names', model.classes),
    names(
      'layer_names',
      model.layers.map((layer) => layer.name),
    ),
    `const df_info df_generated_info = {\n${body.join('')}};\n`,
  ].join('\n');
}
