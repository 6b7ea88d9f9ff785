/* Which kernels this processor can run. */
#ifndef DF_CPU_H
#define DF_CPU_H

#include "df_operators.h"

df_kernel_set df_best_kernels(void);

#endif
