/** A model that the engine cannot run, with the layer and what it lacks. Another target may still take it. */
export class FpgaRefusal extends Error {
  override readonly name = 'FpgaRefusal';
  readonly code: FpgaRefusalCode;
  /** Null where the model as a whole is too large. */
  readonly layer: string | null;

  constructor(code: FpgaRefusalCode, layer: string | null, sentence: string) {
    super(layer === null ? sentence : `Layer ${layer} ${sentence}`);
    this.code = code;
    this.layer = layer;
  }
}

export type FpgaRefusalCode =
  /** The engine has no such operation. */
  | 'OPERATION_UNSUPPORTED'
  /** The operation exists, with other numbers. */
  | 'LAYER_UNSUPPORTED'
  /** A sum may leave the accumulator. */
  | 'SUM_TOO_LARGE'
  /** A memory is too small. */
  | 'MEMORY_EXCEEDED';
