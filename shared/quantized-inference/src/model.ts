/**
 * The integer model: what every backend computes and nothing else. Layers run in order; each reads the one before it.
 * The first layer is a convolution on the pixels, the last one is the head, and there is no other head.
 * Tensors are NHWC; activations between layers are unsigned levels 0..2^bits-1 in one byte each.
 */

/** A converted network, checked and ready to run. */
export interface IntegerModel {
  readonly format: typeof MODEL_FORMAT;
  readonly task: 'classification';
  /** Class names by label index. */
  readonly classes: readonly string[];
  /** uint8 RGB pixels; the first layer reads `pixel - zeroPoint` (int8), so zero padding means grey `zeroPoint`. */
  readonly input: InputFormat;
  readonly layers: readonly Layer[];
  /** Multiply logits by this before a softmax; for display only. */
  readonly logitScale: number;
  /** Free-form training record and dataset digest, carried for people. JSON values only. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** Value of `__metadata__.format` in the model file. */
export const MODEL_FORMAT = 'dropforge-int/1';

export interface InputFormat {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly zeroPoint: 128;
}

export type Layer = ConvolutionLayer | SpaceToDepthLayer | MaxPoolLayer | AveragePoolLayer | HeadLayer;

/** Convolution, then thresholds: `level = #{k : acc >= thresholds[k]}`. The same padding on all sides. */
export interface ConvolutionLayer {
  readonly op: 'convolution';
  readonly name: string;
  readonly kernel: number;
  readonly stride: number;
  /** Smaller than the kernel, so that every window touches the image. */
  readonly padding: number;
  /**
   * The level that a tap outside of the image reads: the one that stands for zero, 1 where the levels 0, 1, 2 stand for
   * -1, 0, 1. It is 0 without padding, and where the input is the signed pixels.
   */
  readonly paddingLevel: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  /** `int8`: one byte per weight. `bits`: +1/-1, one bit per weight; they read pixels or levels of at most 4 bits. */
  readonly weights: Int8Weights | BitWeights;
  /** 1 to 8. */
  readonly activationBits: number;
  /** int32 [outputChannels, 2^activationBits - 1], non-decreasing per channel. */
  readonly thresholds: Int32Array;
}

/** OHWI int8 weights, length outputChannels * kernel * kernel * inputChannels. */
export interface Int8Weights {
  readonly format: 'int8';
  readonly values: Int8Array;
}

/**
 * Per output channel `ceil(kernel*kernel*inputChannels/32)` words; bit 1 = +1, 0 = -1; tap
 * `(dy*kernel+dx)*inputChannels + c`, little-endian bits. The bits after the last tap are 0.
 */
export interface BitWeights {
  readonly format: 'bits';
  readonly words: Uint32Array;
}

/** Output channel `(dy*block + dx) * C + c`. Moves data only. */
export interface SpaceToDepthLayer {
  readonly op: 'space-to-depth';
  readonly name: string;
  readonly block: number;
}

/** Maximum of the levels in each window, no padding; a last incomplete window is dropped. */
export interface MaxPoolLayer {
  readonly op: 'max-pool';
  readonly name: string;
  readonly kernel: number;
  readonly stride: number;
}

/**
 * Sum of the levels in each window, then thresholds: `level = #{k : sum >= thresholds[k]}`. No padding; a last incomplete
 * window is dropped. Thresholds 1, 2, 3 .. keep the sum itself, which is the average in smaller steps.
 */
export interface AveragePoolLayer {
  readonly op: 'average-pool';
  readonly name: string;
  readonly kernel: number;
  readonly stride: number;
  readonly inputChannels: number;
  /** 1 to 8. */
  readonly activationBits: number;
  /** int32 [inputChannels, 2^activationBits - 1], non-decreasing per channel. */
  readonly thresholds: Int32Array;
}

/**
 * Sum of levels over all remaining pixels, int8 weights [classes, inputChannels], int32 bias [classes]: int32 logits.
 * First index wins a tie.
 */
export interface HeadLayer {
  readonly op: 'head';
  readonly name: string;
  readonly inputChannels: number;
  readonly weights: Int8Array;
  readonly bias: Int32Array;
}
