/** What the engine shows to its host: a window of 2 MB, 32-bit words, byte addresses. */

export interface Register {
  readonly address: number;
  readonly access: 'read' | 'write' | 'read/write';
  readonly meaning: string;
  readonly bits?: Readonly<Record<string, readonly [low: number, width: number, meaning: string]>>;
}

/** "DFGW", little-endian. */
export const IDENTITY = 0x57474644;

/** Major, minor: another major means another layer program, image or register map. */
export const VERSION = { major: 1, minor: 1 } as const;

export const registers = {
  IDENTITY: { address: 0x00, access: 'read', meaning: 'the letters DFGW; anything else is not this engine' },
  VERSION: {
    address: 0x04,
    access: 'read',
    meaning: 'version of the register map, the layer program and the image',
    bits: { minor: [0, 16, 'compatible changes'], major: [16, 16, 'all others'] },
  },
  ARRAY: {
    address: 0x08,
    access: 'read',
    meaning: 'what images must be packed for',
    bits: {
      log2_inputs: [0, 4, 'log2 of IC_PAR'],
      log2_outputs: [4, 4, 'log2 of OC_PAR'],
      log2_chunk: [8, 4, 'log2 of CHUNK'],
      pixel_taps: [12, 4, 'PIXEL_TAPS'],
      pixel_outputs: [16, 8, 'PIXEL_OUTPUTS'],
    },
  },
  MEMORY: {
    address: 0x0c,
    access: 'read',
    meaning: 'log2 of the words of each memory',
    bits: {
      log2_levels: [0, 8, 'each activation buffer'],
      log2_weights: [8, 8, 'weights'],
      log2_thresholds: [16, 8, 'thresholds'],
      log2_pixels: [24, 8, 'input image'],
    },
  },
  CONTROL: {
    address: 0x10,
    access: 'write',
    meaning: 'commands; each bit that is written as 1 is one',
    bits: {
      start: [0, 1, 'run the loaded program on the image'],
      load: [1, 1, 'the next words of the LOAD window begin an image of the network'],
      abort: [2, 1, 'stop the run and forget the error'],
    },
  },
  STATUS: {
    address: 0x14,
    access: 'read',
    meaning: 'where the engine stands',
    bits: {
      busy: [0, 1, 'a run goes on'],
      done: [1, 1, 'the last run ended without an error'],
      loaded: [2, 1, 'a whole image with the right checksum lies in the memories'],
      error: [3, 1, 'ERROR is not 0'],
      layer: [8, 8, 'the pass at work, or the one that was last'],
    },
  },
  ERROR: { address: 0x18, access: 'read', meaning: 'first error since the last start, load or abort; 0 is none' },
  CYCLES: { address: 0x1c, access: 'read', meaning: 'clock cycles of the run that goes on or ended last' },
  INTERRUPT_ENABLE: { address: 0x20, access: 'read/write', meaning: 'bit 0: raise the interrupt when a run ends' },
  INTERRUPT: { address: 0x24, access: 'read/write', meaning: 'bit 0: a run has ended; write 1 to clear' },
  CHECKSUM: {
    address: 0x28,
    access: 'read',
    meaning: 'CRC-32 of the loaded image, which tells one network from another',
  },
  ACCUMULATORS: {
    address: 0x2c,
    access: 'read',
    meaning: 'the memory of sums that a pass without thresholds writes; 0 in version 1.0, which has none',
    bits: { log2_chunks: [0, 8, 'log2 of the chunks of CHUNK sums in it'] },
  },
} as const satisfies Record<string, Register>;

/** Memory windows: first byte and length. Words only; a write with other strobes is refused with SLVERR. */
export const windows = {
  LOAD: { address: 0x01000, bytes: 0x01000, meaning: 'write: the image of the network, word by word, at any address' },
  PIXELS: { address: 0x10000, bytes: 0x10000, meaning: 'write: one pixel per word, red in the low byte' },
  ACCUMULATORS: {
    address: 0x40000,
    bytes: 0x40000,
    meaning: 'read: one sum per word, signed; CHUNK words per chunk, in the order in which they were written',
  },
  LEVELS_0: { address: 0x80000, bytes: 0x80000, meaning: 'read: activation buffer 0, IC_PAR / 16 words per address' },
  LEVELS_1: { address: 0x100000, bytes: 0x80000, meaning: 'read: activation buffer 1' },
} as const;

export interface EngineError {
  readonly code: number;
  /** What happened and what to do. */
  readonly meaning: string;
}

export const engineErrors = {
  LOAD_IDENTITY: {
    code: 1,
    meaning: 'the image does not begin with the letters DFGW: it is not an image of a network',
  },
  LOAD_VERSION: { code: 2, meaning: 'the image is for another version of the engine: convert the model again' },
  LOAD_ARRAY: { code: 3, meaning: 'the image is packed for an array of another size: convert the model for this one' },
  LOAD_RANGE: { code: 4, meaning: 'the image has an unknown section or one that is larger than its memory' },
  LOAD_CHECKSUM: { code: 5, meaning: 'the image was damaged on its way: load it again' },
  NOT_LOADED: { code: 8, meaning: 'start without a network: load an image first' },
  BUSY: { code: 9, meaning: 'start, load or pixels while a run goes on; the run is not disturbed' },
  PROGRAM_OPERATION: { code: 16, meaning: 'the program names an operation that does not exist' },
  PROGRAM_END: { code: 17, meaning: 'the program ends before a pass that is marked as the last' },
  LEVELS_RANGE: { code: 18, meaning: 'the program reads or writes beyond an activation buffer' },
  PIXELS_RANGE: { code: 19, meaning: 'the program reads beyond the input image' },
  WEIGHTS_RANGE: { code: 20, meaning: 'the program reads beyond the weights' },
  THRESHOLDS_RANGE: { code: 21, meaning: 'the program reads beyond the thresholds' },
  ACCUMULATORS_RANGE: { code: 23, meaning: 'the program writes beyond the accumulators' },
  CYCLE_LIMIT: { code: 22, meaning: 'the run took more cycles than the image allows, and was stopped' },
} as const satisfies Record<string, EngineError>;
