/* Which kernels this processor can run. */
#ifndef DF_CPU_H
#define DF_CPU_H

#include "df_operators.h"

/* The fastest that this processor can run. */
df_kernel_set df_best_kernels(void);

/* Whether this processor, and this library, can run these kernels. */
int32_t df_can_run(df_kernel_set kernels);

#if defined(__x86_64__)
/* Whether vpdpbusd is there, which some processors with the avx512bw kernels have. */
int32_t df_has_vnni(void);
#endif

#endif
