/** What is proven, and how. */

export interface Proof {
  readonly module: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** Macros that select among the properties of a module. */
  readonly defines?: readonly string[];
  /**
   * `induction`: for runs of any length, since what held for `depth` cycles holds in the next one. `bounded`: for the first
   * `depth` cycles after any state of the memory.
   */
  readonly method: 'induction' | 'bounded';
  readonly depth: number;
  /** Too long for every change; `verify` leaves it out. */
  readonly slow?: true;
  /** What the properties say, for the report. */
  readonly sentence: string;
}

export const proofs: readonly Proof[] = [
  {
    module: 'df_axi_lite',
    parameters: {},
    method: 'induction',
    depth: 3,
    sentence: 'answers each request once, and holds what it offers until it is taken',
  },
  {
    module: 'df_registers',
    parameters: {},
    method: 'induction',
    depth: 8,
    sentence: 'answers each read once, disturbs no run, and keeps the first error',
  },
  {
    module: 'df_sequencer',
    parameters: {},
    method: 'induction',
    depth: 3,
    sentence: 'ends every run within its limit, and tells so once',
  },
  {
    module: 'df_address_generator',
    parameters: {},
    method: 'induction',
    defines: ['ENDS'],
    depth: 2,
    sentence: 'ends whatever the program says, one first and one last tap a window',
  },
  {
    module: 'df_address_generator',
    parameters: {},
    method: 'induction',
    defines: ['PLACES'],
    depth: 2,
    slow: true,
    sentence: 'gives every tap of an accepted program the address of its place, for kernels up to 4x4',
  },
  {
    module: 'df_chunk_counter',
    parameters: {},
    method: 'induction',
    depth: 2,
    sentence: 'counts every chunk of a pass once, in order, and ends',
  },
  {
    module: 'df_stream_ram',
    parameters: { WIDTH: 360, DEPTH: 4 },
    method: 'induction',
    depth: 3,
    sentence: 'writes every word once, in order, and none beyond the last row',
  },
  {
    module: 'df_ram',
    parameters: { WIDTH: 8, DEPTH: 8 },
    method: 'bounded',
    depth: 8,
    sentence: 'reads what was written last',
  },
];
