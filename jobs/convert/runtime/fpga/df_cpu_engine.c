/* In place of df_cpu.c: this library has no kernels for the processor. */
#include "df_cpu.h"

df_kernel_set df_best_kernels(void) {
    return DF_ENGINE;
}

int32_t df_can_run(df_kernel_set kernels) {
    return kernels == DF_ENGINE;
}
