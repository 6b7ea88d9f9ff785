/** An image whose neighbouring windows lie in the lanes of one double: what is added to one value is added to all. */
import type { ConvolutionLayer } from '../model.ts';
import { elementCount, type Shape, type Tensor } from '../tensor.ts';
import { addBorder, borderedShape } from './border.ts';

/** Integers up to 2^53 are exact in a double. */
const DOUBLE_BITS = 53;

/** With the border of the convolution around it. */
export interface LaneImage {
  /** Windows side by side: lane i of a window's values belongs to the window i strides further right. */
  readonly lanes: number;
  /** A power of two above every lane: lane i counts in units of laneSize^i. */
  readonly laneSize: number;
  /** Values of a row: pixels with their channels. */
  readonly rowValues: number;
  readonly values: Float64Array;
}

/** `largestSum`: of one window, so that no lane runs over into the next. `shape`: of the convolution's output. */
export function packLanes(layer: ConvolutionLayer, input: Tensor, shape: Shape, largestSum: number): LaneImage {
  const laneBits = Math.ceil(Math.log2(largestSum + 1));
  const laneSize = 2 ** laneBits;
  // As few tiles as possible in a row, all of them about equally wide.
  const tiles = Math.ceil(shape.width / Math.floor(DOUBLE_BITS / laneBits));
  const lanes = Math.ceil(shape.width / tiles);
  const bordered = borderedShape(layer, input);
  const levels = new Int16Array(elementCount(bordered));
  addBorder(layer, input, levels);
  const rowValues = bordered.width * bordered.channels;
  const values = new Float64Array(levels.length);
  for (let lane = 0; lane < lanes; lane++) {
    const shift = lane * layer.stride * input.channels;
    for (let row = 0; row < levels.length; row += rowValues) {
      addShifted(levels, row + shift, row + rowValues, laneSize ** lane, values, row);
    }
  }
  return { lanes, laneSize, rowValues, values };
}

/** Adds levels first .. end - 1. What would lie beyond the row's end belongs to lanes that are never read. */
function addShifted(
  levels: Int16Array,
  first: number,
  end: number,
  factor: number,
  values: Float64Array,
  target: number,
): void {
  for (let from = first, to = target; from < end; from++, to++) {
    values[to] = (values[to] ?? 0) + factor * (levels[from] ?? 0);
  }
}
