/**
 * A layer program: LAYER_WORDS 32-bit words per pass, executed in order up to the one that is marked as the last. The
 * compiler computes every address step, so that the engine never multiplies.
 */

export interface LayerField {
  readonly word: number;
  /** Lowest bit. */
  readonly bit: number;
  readonly width: number;
  readonly meaning: string;
}

export const LAYER_WORDS = 12;

/** Passes in the program memory. */
export const PROGRAM_LAYERS = 32;

/** Values of the field `operation`. */
export const operations = { convolution: 0, pixel_convolution: 1, max_pool: 2 } as const;

/** Every field is unsigned, or an address step modulo 2^16. `_last` means one less than the count. */
export const layerFields = {
  operation: field(0, 0, 2, 'convolution of levels 0, convolution of pixels 1, maximum 2'),
  is_last: field(0, 2, 1, 'the run ends after this pass'),
  source: field(0, 3, 1, 'the activation buffer that is read; the other one is written'),
  space_to_depth: field(0, 4, 1, 'write 2x2 blocks of pixels as channels of one pixel'),
  pad_level: field(0, 5, 2, 'the level that a tap outside the image reads'),
  tap_step: field(0, 7, 2, 'kernel columns that one cycle covers'),
  accumulators: field(0, 9, 1, 'write the sums themselves, chunk after chunk, and no levels'),
  kernel_rows_last: field(0, 12, 4, 'kernel rows'),
  kernel_columns_last: field(0, 16, 4, 'cycles per kernel row'),
  padding: field(0, 20, 4, 'pixels of padding above and to the left'),
  stride: field(0, 24, 4, 'pixels between windows'),
  height: field(1, 0, 12, 'rows that are read'),
  width: field(1, 16, 12, 'columns that are read'),
  out_rows_last: field(2, 0, 12, 'windows from top to bottom'),
  out_columns_last: field(2, 16, 12, 'windows from left to right'),
  groups_last: field(3, 0, 10, 'groups of output channels'),
  input_groups_last: field(3, 10, 10, 'groups of IC_PAR input channels'),
  group_chunks_last: field(4, 0, 5, 'chunks of channels that a group writes'),
  final_chunks_last: field(4, 8, 5, 'chunks that the last group writes'),
  final_channels_last: field(4, 16, 7, 'channels of the last input group'),
  weight_base: field(5, 0, 16, 'first word of the weights'),
  threshold_base: field(5, 16, 16, 'first word of the thresholds'),
  row_step: field(6, 0, 16, 'address step from the last tap of a kernel row to the next row'),
  input_group_step: field(6, 16, 16, 'address step from the last tap of an input group to the next group'),
  line_step: field(7, 0, 16, 'address step from a line of windows to the next'),
  group_step: field(7, 16, 16, 'address step from a group of output channels to the next'),
  start: field(8, 0, 16, 'address of the first tap, which may lie outside the image'),
  write_plane: field(8, 16, 16, 'words of IC_PAR channels of the output'),
  write_width: field(9, 0, 16, 'columns of the output'),
  lane_1: field(9, 16, 4, 'first chunk of block column 1, within its word'),
  lane_2: field(9, 20, 4, 'first chunk of block row 1'),
  lane_3: field(9, 24, 4, 'first chunk of block row 1, column 1'),
  plane_1: field(10, 0, 16, 'address of the first word of block column 1'),
  plane_2: field(10, 16, 16, 'address of the first word of block row 1'),
  plane_3: field(11, 0, 16, 'address of the first word of block row 1, column 1'),
} as const satisfies Record<string, LayerField>;

export type LayerFields = Readonly<Record<keyof typeof layerFields, number>>;

/** The words of one pass. Address steps may be negative. Throws RangeError for a value that its field cannot hold. */
export function encodeLayer(values: LayerFields): Uint32Array {
  const words = new Uint32Array(LAYER_WORDS);
  for (const [name, { word, bit, width }] of Object.entries(layerFields) as [keyof LayerFields, LayerField][]) {
    const value = values[name];
    const lowest = width === 16 ? -(2 ** 15) : 0;
    if (!Number.isInteger(value) || value < lowest || value >= 2 ** width) {
      throw new RangeError(`The layer field ${name} has ${width} bits and cannot hold ${value}.`);
    }
    words[word] = ((words[word] ?? 0) | ((value & (2 ** width - 1)) << bit)) >>> 0;
  }
  return words;
}

function field(word: number, bit: number, width: number, meaning: string): LayerField {
  return { word, bit, width, meaning };
}
