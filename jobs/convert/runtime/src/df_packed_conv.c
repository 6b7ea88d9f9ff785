/* Which variant of a packed convolution runs. */
#include "df_packed_conv.h"

#if defined(__x86_64__)
#include "df_cpu.h"

void df_conv_groups(const df_packed_conv *layer, const uint8_t *input, uint8_t *output, df_kernel_set kernels) {
    df_fill_border(&layer->output, output);
    if (kernels == DF_AVX512VBMI)
        df_conv_groups_avx512vbmi(layer, input, output);
    else if (kernels == DF_AVX512BW)
        df_conv_groups_avx512bw(layer, input, output);
    else
        df_conv_groups_avx2(layer, input, output);
}

void df_conv_planes(const df_packed_conv *layer, const uint8_t *input, uint8_t *output, df_kernel_set kernels) {
    (void)kernels;
    df_fill_border(&layer->output, output);
    df_conv_planes_avx512(layer, input, output);
}

void df_conv_bytes(const df_packed_conv *layer, const uint8_t *input, uint8_t *output, df_kernel_set kernels) {
    df_fill_border(&layer->output, output);
    if (kernels != DF_AVX2 && df_has_vnni())
        df_conv_bytes_avx512vnni(layer, input, output);
    else
        df_conv_bytes_avx2(layer, input, output);
}
#elif defined(__ARM_NEON) || defined(__wasm_simd128__)
void df_conv_groups(const df_packed_conv *layer, const uint8_t *input, uint8_t *output, df_kernel_set kernels) {
    (void)kernels;
    df_fill_border(&layer->output, output);
    df_conv_groups_128(layer, input, output);
}

#if defined(__ARM_NEON)
void df_conv_planes(const df_packed_conv *layer, const uint8_t *input, uint8_t *output, df_kernel_set kernels) {
    (void)kernels;
    df_fill_border(&layer->output, output);
    df_conv_planes_neon(layer, input, output);
}
#endif

void df_conv_bytes(const df_packed_conv *layer, const uint8_t *input, uint8_t *output, df_kernel_set kernels) {
    (void)kernels;
    df_fill_border(&layer->output, output);
#if defined(__ARM_NEON)
    df_conv_bytes_neon(layer, input, output);
#else
    df_conv_bytes_wasm(layer, input, output);
#endif
}
#endif
