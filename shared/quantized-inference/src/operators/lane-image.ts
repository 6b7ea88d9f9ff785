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
  const levels = new Float64Array(elementCount(bordered));
  addBorder(layer, input, levels);
  const rowValues = bordered.width * bordered.channels;
  const values = levels.slice();
  for (let lane = 1; lane < lanes; lane++) {
    const shift = lane * layer.stride * input.channels;
    for (let row = 0; row < levels.length; row += rowValues) {
      addShifted(levels.subarray(row, row + rowValues), shift, laneSize ** lane, values.subarray(row, row + rowValues));
    }
  }
  return { lanes, laneSize, rowValues, values };
}

/** Beyond the row's end there is nothing to add: those lanes are never read. */
function addShifted(levels: Float64Array, shift: number, factor: number, values: Float64Array): void {
  for (let index = 0; index + shift < levels.length; index++) {
    values[index] = (values[index] ?? 0) + factor * (levels[index + shift] ?? 0);
  }
}
