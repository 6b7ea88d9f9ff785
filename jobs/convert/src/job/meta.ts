import type { IntegerModel } from '@dropforge/quantized-inference';

/** What Blueoil's scripts read of `meta.yaml`: how an image becomes the network's input, and what the output means. */
export interface Meta {
  readonly CLASSES: readonly string[];
  readonly DATA_FORMAT: 'NHWC';
  /** Height, width. */
  readonly IMAGE_SIZE: readonly [number, number];
  readonly POST_PROCESSOR: null;
  readonly PRE_PROCESSOR: readonly Readonly<Record<string, unknown>>[];
  readonly TASK: 'IMAGE.CLASSIFICATION';
}

export function metaOf({ classes, input: { height, width } }: IntegerModel): Meta {
  return {
    CLASSES: classes,
    DATA_FORMAT: 'NHWC',
    IMAGE_SIZE: [height, width],
    // The network ends in its softmax.
    POST_PROCESSOR: null,
    PRE_PROCESSOR: [{ Resize: { size: [height, width] } }, { DivideBy255: null }],
    TASK: 'IMAGE.CLASSIFICATION',
  };
}

/** The same as YAML 1.1, which PyYAML reads, in plain ASCII. */
export function metaYaml(meta: Meta): string {
  const processor = (entry: Readonly<Record<string, unknown>>) =>
    Object.entries(entry).map(([name, settings]) => `- ${name}: ${flow(settings)}\n`);
  return [
    '# How an image becomes the input of network_run, and what comes out. meta.json says the same.\n',
    'CLASSES:\n',
    ...meta.CLASSES.map((name) => `- ${yamlString(name)}\n`),
    `DATA_FORMAT: ${meta.DATA_FORMAT}\n`,
    `IMAGE_SIZE: ${flow(meta.IMAGE_SIZE)}\n`,
    `POST_PROCESSOR: ${flow(meta.POST_PROCESSOR)}\n`,
    'PRE_PROCESSOR:\n',
    ...meta.PRE_PROCESSOR.flatMap(processor),
    `TASK: ${meta.TASK}\n`,
  ].join('');
}

/** Numbers, null, lists and maps of them: their JSON is YAML. */
function flow(value: unknown): string {
  return JSON.stringify(value).replaceAll(/([:,])/g, '$1 ');
}

/** Quoted, so that "yes", "1e3" and "null" stay names. JSON's pairs of surrogates would come out as two characters. */
function yamlString(text: string): string {
  const escaped = Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\') return `\\${character}`;
    if (code >= 0x20 && code < 0x7f) return character;
    const hex = code.toString(16);
    return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
  });
  return `"${escaped.join('')}"`;
}
