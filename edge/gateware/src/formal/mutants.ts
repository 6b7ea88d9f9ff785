/** Modules with one thing changed, which their proofs have to refuse: what the properties are worth. */
import { boundSources } from './bound-sources.ts';
import { proofs } from './proofs.ts';
import { proveModule, type Verdict } from './prove-module.ts';

export interface Mutant {
  readonly fault: string;
  readonly module: string;
  /** What stands in the source, and what instead. */
  readonly from: string;
  readonly to: string;
}

export const mutants: readonly Mutant[] = [
  mutant('an answer that is withdrawn', 'df_axi_lite', 'if (s_axi_bready_i) s_axi_bvalid_o', 's_axi_bvalid_o'),
  mutant('a read that is taken while another waits', 'df_axi_lite', '!reading_q && !s_axi_rvalid_o', '!reading_q'),
  mutant('a partial write that is carried out', 'df_axi_lite', "write && strobe_q == 4'hf", 'write'),
  mutant('a start during a run', 'df_registers', 'start && loaded_i && !busy_i', 'start && loaded_i'),
  mutant('an end that is told after an abort', 'df_sequencer', "      done_o <= 1'b0;\n", ''),
  mutant('a run without a limit', 'df_sequencer', 'busy_o && cycles_o >= cycle_limit_i', "1'b0"),
  mutant('a pass that begins again', 'df_address_generator', "if (group_q == '0) active_q <= 1'b0;", ''),
  mutant('a window of one row', 'df_address_generator', 'rows_end ? layer_i.kernel_rows_last :', "rows_end ? '0 :"),
  mutant('a chunk too many', 'df_chunk_counter', 'busy_q && chunk_q == chunks_last', 'busy_q && chunk_q > chunks_last'),
  mutant('a word after the last row', 'df_stream_ram', 'lane_full && !row_q[ADDRESS_BITS] ?', 'lane_full ?'),
  mutant(
    'words in a wrong order',
    'df_stream_ram',
    '{word_i, lane_q[LANE_BITS-1:32]}',
    '{lane_q[LANE_BITS-33:0], word_i}',
  ),
  mutant(
    'a memory that answers too soon',
    'df_ram',
    'read_data_o <= first_q',
    'read_data_o <= memory_q[read_address_i]',
  ),
];

/** What the quick proof of the module says. Throws where the source has no such thing to change, or the module no proof. */
export function proveMutant({ module, from, to }: Mutant): Verdict {
  const proof = proofs.find((candidate) => candidate.module === module && !candidate.slow);
  if (proof === undefined) throw new Error(`There is no proof of ${module}.`);
  const sources = boundSources(module).map(([name, text]) => {
    if (name !== `${module}.sv`) return [name, text] as const;
    if (!text.includes(from)) throw new Error(`${name} has no "${from}" to change.`);
    return [name, text.replace(from, to)] as const;
  });
  return proveModule(proof, sources);
}

function mutant(fault: string, module: string, from: string, to: string): Mutant {
  return { fault, module, from, to };
}
