/** The names by which programs call a converted network. */

export const abis = {
  /** `include/dropforge.h`. */
  dropforge: [
    'df_abi_version',
    'df_error_text',
    'df_kernels',
    'df_last_error',
    'df_model_info',
    'df_probabilities',
    'df_run',
    'df_run_batch',
    'df_run_observed',
    'df_select_kernels',
    'df_version',
  ],
  /** Blueoil's `libdlk`, as its `nnlib.py` calls it. */
  blueoil: [
    'network_create',
    'network_delete',
    'network_get_input_rank',
    'network_get_input_shape',
    'network_get_output_rank',
    'network_get_output_shape',
    'network_init',
    'network_run',
  ],
} as const satisfies Record<string, readonly string[]>;

export type AbiName = keyof typeof abis;
export const abiNames = Object.keys(abis) as AbiName[]; // Object.keys forgets them

/** Which ABIs a file offers, whole or in part. */
export function offeredAbis(exported: readonly string[]): AbiName[] {
  return abiNames.filter((name) => abis[name].some((symbol) => exported.includes(symbol)));
}
