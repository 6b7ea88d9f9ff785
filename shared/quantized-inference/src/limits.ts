/** The largest model that a backend has to accept. A file beyond any of these is refused before memory is asked for. */
export const limits = {
  /** Bytes of the JSON header: graph, class names and training record. */
  headerBytes: 4 * 1024 * 1024,
  fileBytes: 256 * 1024 * 1024,
  layers: 256,
  classes: 4096,
  /** UTF-16 units of a class name or a layer name. */
  nameLength: 256,
  /** Nesting of the training record. */
  recordDepth: 32,
  /** Pixels along one side of any tensor. */
  side: 4096,
  channels: 8192,
  kernel: 64,
  stride: 64,
  /** Space-to-depth block. */
  block: 64,
  activationBits: 8,
  /** Bits per level that a convolution with binary weights reads. */
  bitPlanes: 4,
  /** Bytes of one activation tensor. */
  activationBytes: 64 * 1024 * 1024,
  /** Multiply-accumulates per image, all layers. */
  multiplyAccumulates: 2 ** 37,
} as const;
