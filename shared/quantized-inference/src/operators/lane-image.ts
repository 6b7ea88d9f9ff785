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
  const rowValues = bordered.width * bordered.channels;
  const step = layer.stride * input.channels;
  const count = elementCount(bordered);
  // What lies beyond a row's end, or the image's, belongs to lanes that are never read.
  const levels = new Int16Array(count + lanes * step);
  const values = new Float64Array(count + step);
  addBorder(layer, input, levels.subarray(0, count));
  const highest = laneSize ** (lanes - 1);
  for (let index = count - 1; index >= 0; index--) {
    // The value one stride further right has all lanes but the first, one place too low, and one too many.
    const right = (values[index + step] ?? 0) - highest * (levels[index + lanes * step] ?? 0);
    values[index] = right * laneSize + (levels[index] ?? 0);
  }
  return { lanes, laneSize, rowValues, values };
}
