/** The program words of a pass: everything that the engine would otherwise have to multiply. */
import type { ArraySize } from './array-size.ts';
import { encodeLayer, operations } from './layer-program.ts';
import type { Pass } from './passes.ts';
import type { Schedule } from './schedule.ts';

export interface Placement {
  readonly isLast: boolean;
  /** The activation buffer that is read, 0 or 1; the other one is written. Of no meaning where pixels are read. */
  readonly source: number;
  /** First row of the weights and of the thresholds. */
  readonly weightBase: number;
  readonly thresholdBase: number;
}

export function encodePass(pass: Pass, schedule: Schedule, placement: Placement, array: ArraySize): Uint32Array {
  const { layer, input, inputBits, output, spaceToDepth, written } = pass;
  const { kernel, stride } = layer;
  const { padding, paddingLevel } = layer.op === 'convolution' ? layer : { padding: 0, paddingLevel: 0 };
  const convolution = inputBits === null ? operations.pixel_convolution : operations.convolution;
  const plane = input.height * input.width;
  const writtenPlane = written.height * written.width;
  // Address steps back from the last column of a kernel row, and from its last row.
  const columns = (schedule.columnSteps - 1) * schedule.tapStep;
  const rows = (kernel - 1) * input.width;
  const starts = spaceToDepth ? blockStarts(pass, array) : [];
  const lane = (place: number) => starts[place]?.lane ?? 0;
  const planeAddress = (place: number) => (starts[place]?.plane ?? 0) * writtenPlane;
  return encodeLayer({
    operation: layer.op === 'max-pool' ? operations.max_pool : convolution,
    is_last: Number(placement.isLast),
    source: placement.source,
    space_to_depth: Number(spaceToDepth),
    pad_level: paddingLevel,
    tap_step: schedule.tapStep,
    accumulators: Number(pass.accumulators),
    kernel_rows_last: kernel - 1,
    kernel_columns_last: schedule.columnSteps - 1,
    padding,
    stride,
    height: input.height,
    width: input.width,
    out_rows_last: output.height - 1,
    out_columns_last: output.width - 1,
    groups_last: schedule.groups - 1,
    input_groups_last: schedule.inputGroups - 1,
    group_chunks_last: schedule.groupChunks - 1,
    final_chunks_last: schedule.finalChunks - 1,
    final_channels_last: schedule.finalChannels - 1,
    weight_base: placement.weightBase,
    threshold_base: placement.thresholdBase,
    row_step: input.width - columns,
    input_group_step: plane - rows - columns,
    line_step: stride * input.width,
    group_step: layer.op === 'max-pool' ? plane : 0,
    start: -padding * (input.width + 1),
    write_plane: writtenPlane,
    write_width: written.width,
    lane_1: lane(1),
    lane_2: lane(2),
    lane_3: lane(3),
    plane_1: planeAddress(1),
    plane_2: planeAddress(2),
    plane_3: planeAddress(3),
  });
}

/** Where the four pixels of a block begin among the channels: the plane of words, and the chunk within a word. */
function blockStarts({ output }: Pass, { IC_PAR, CHUNK }: ArraySize) {
  const lanes = IC_PAR / CHUNK;
  return [0, 1, 2, 3].map((place) => {
    const chunk = Math.floor((place * output.channels) / CHUNK);
    return { lane: chunk % lanes, plane: Math.floor(chunk / lanes) };
  });
}
