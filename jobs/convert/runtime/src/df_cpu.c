/* Asks the processor itself, so that the library depends on no run-time library. */
#include "df_cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>

/* AVX2 needs the processor (leaf 7, EBX bit 5) and a system that saves the wide registers (OSXSAVE, XCR0 bits 1 and 2).
 */
static int32_t has_avx2(void) {
    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d))
        return 0;
    const uint32_t osxsave_and_avx = (1u << 27) | (1u << 28);
    if ((c & osxsave_and_avx) != osxsave_and_avx)
        return 0;
    uint32_t xcr0_low, xcr0_high;
    __asm__("xgetbv" : "=a"(xcr0_low), "=d"(xcr0_high) : "c"(0));
    if ((xcr0_low & 6u) != 6u)
        return 0;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d))
        return 0;
    return (b >> 5) & 1u;
}

df_kernel_set df_best_kernels(void) {
    return has_avx2() ? DF_AVX2 : DF_PORTABLE;
}
#elif defined(__ARM_NEON)
df_kernel_set df_best_kernels(void) {
    return DF_NEON;
}
#else
df_kernel_set df_best_kernels(void) {
    return DF_PORTABLE;
}
#endif
