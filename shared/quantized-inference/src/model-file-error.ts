/** Why a model file, or a model about to be written, cannot be used. Every cause has one stable code. */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';
  readonly code: ModelFileErrorCode;

  constructor(code: ModelFileErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export type ModelFileErrorCode =
  /** The file ends before what its header announces. */
  | 'TRUNCATED'
  /** A size, a count or the work per image is above what any backend accepts. */
  | 'TOO_LARGE'
  /** The header is not the JSON that the safetensors format asks for. */
  | 'HEADER_INVALID'
  /** A tensor overlaps another, leaves a hole, or lies outside of the file. */
  | 'OFFSETS_INVALID'
  /** Not a Dropforge model, or one of a later format. */
  | 'FORMAT_UNKNOWN'
  /** A field of the graph is missing or outside of its range. */
  | 'GRAPH_INVALID'
  /** Class names, input rule, logit scale or record are unusable. */
  | 'METADATA_INVALID'
  /** The graph names a tensor that the file lacks. */
  | 'TENSOR_MISSING'
  /** The file holds a tensor that the graph does not name. */
  | 'TENSOR_UNUSED'
  /** A tensor has another type, shape or length than its layer needs. */
  | 'TENSOR_INVALID'
  /** The thresholds of a channel decrease. */
  | 'THRESHOLDS_DECREASE'
  /** A layer reads another number of channels than the layer before it writes. */
  | 'CHANNELS_MISMATCH'
  /** The image does not divide into the layer's blocks or is smaller than its window. */
  | 'SHAPE_MISMATCH'
  /** An accumulator could leave int32. */
  | 'ACCUMULATOR_OVERFLOW';
