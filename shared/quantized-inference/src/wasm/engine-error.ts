/** Why an engine could not be made, or could not run. */
export type EngineErrorCode =
  /** The kernels are no WebAssembly module that this engine can run, or not the ones that belong to this package. */
  | 'KERNELS_INVALID'
  /** The model needs more memory than a module may have, or than there is. */
  | 'MODEL_TOO_LARGE'
  /** The kernels' sums could overflow in one layer of the model. */
  | 'LAYER_UNSUPPORTED'
  /** The image has another number of bytes than the model's input. */
  | 'IMAGE_SIZE';

export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
