/* Asks the processor itself, so that the library depends on no run-time library. */
#include "df_cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>

/* One bit per kernel set, more for what kernels within a set need, and KNOWN once the processor has been asked. */
enum { KNOWN = 1 << 30, VNNI = 1 << 29, INTEL = 1 << 28 };

static int32_t has_all(uint32_t bits, uint32_t wanted) {
    return (bits & wanted) == wanted;
}

/* XCR0: which registers the system saves. 0 without XGETBV. Leaf 1, ECX: bit 27 OSXSAVE, bit 28 AVX. */
static uint32_t saved_registers(void) {
    uint32_t a, b, c, d, low, high;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !has_all(c, 1u << 27 | 1u << 28))
        return 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static int32_t is_intel(void) {
    uint32_t a, b, c, d;
    return __get_cpuid(0, &a, &b, &c, &d) && b == signature_INTEL_ebx && c == signature_INTEL_ecx &&
           d == signature_INTEL_edx;
}

/* Bits: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, CPUID leaf 7. */
static int32_t ask_processor(void) {
    int32_t found = KNOWN | 1 << DF_PORTABLE;
    uint32_t a, b, c, d;
    const uint32_t registers = saved_registers();
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d))
        return found;
    /* SSE and AVX state; AVX2 is EBX 5. */
    if (!has_all(registers, 1u << 1 | 1u << 2) || !has_all(b, 1u << 5))
        return found;
    found |= 1 << DF_AVX2;
    /* Masks and the wide registers; EBX: 8 BMI2, 16 AVX512F, 17 DQ, 30 BW, 31 VL. */
    if (!has_all(registers, 7u << 5) || !has_all(b, 1u << 8 | 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31))
        return found;
    found |= 1 << DF_AVX512BW | (is_intel() ? INTEL : 0);
    /* ECX: 1 VBMI, 11 VNNI, 14 VPOPCNTDQ. */
    if (has_all(c, 1u << 1))
        found |= 1 << DF_AVX512VBMI;
    if (has_all(c, 1u << 11))
        found |= VNNI | (has_all(c, 1u << 14) ? 1 << DF_AVX512 : 0);
    return found;
}

/* CPUID takes microseconds where a hypervisor answers it. */
static int32_t processor(void) {
    static _Atomic int32_t known = 0;
    if (known == 0)
        known = ask_processor();
    return known;
}

int32_t df_can_run(df_kernel_set kernels) {
    return processor() >> kernels & 1;
}

int32_t df_has_vnni(void) {
    return (processor() & VNNI) != 0;
}

/*
 * Intel's processors do one 512-bit popcount a cycle with two other vector instructions beside it, and the table lookup is
 * faster there; AMD's do two, and bit planes are faster (docs/performance.md), as far as was measured: the lookup of six channels
 * has not run on one.
 */
df_kernel_set df_best_kernels(void) {
    if (df_can_run(DF_AVX512) && !(processor() & INTEL))
        return DF_AVX512;
    static const df_kernel_set fastest_first[] = {DF_AVX512VBMI, DF_AVX512BW, DF_AVX2};
    for (uint32_t i = 0; i < sizeof fastest_first / sizeof *fastest_first; i++) {
        if (df_can_run(fastest_first[i]))
            return fastest_first[i];
    }
    return DF_PORTABLE;
}
#else
df_kernel_set df_best_kernels(void) {
#if defined(__ARM_NEON)
    return DF_NEON;
#else
    return DF_PORTABLE;
#endif
}

int32_t df_can_run(df_kernel_set kernels) {
    return kernels == DF_PORTABLE || kernels == df_best_kernels();
}
#endif
