/* Convolutions between layouts, by kernels for one kind of processor. All compute what the portable operators do. */
#ifndef DF_PACKED_CONV_H
#define DF_PACKED_CONV_H

#include "df_layout.h"

/* Output channels that lie side by side in the weights and thresholds of each kernel. */
#define DF_GROUP_LANES 64
#define DF_WORD_LANES 16

typedef struct df_packed_conv {
    /* The input's border is the padding. */
    df_layout input;
    /* Its shape is the convolution's output. */
    df_layout output;
    int32_t kernel;
    int32_t stride;
    /* Per channel, 1 to 255. */
    int32_t threshold_count;
    /* In one row of a window: groups of four channels, words of 32 channels, or groups of four bytes. */
    int32_t steps;
    const void *weights;
    const void *thresholds;
    /* The weights once more, or instead, for df_conv_bytes_avx2, _neon and _wasm. */
    const int16_t *pairs;
#if defined(__x86_64__)
    /* The weights once more, for df_conv_groups_avx512vbmi. */
    const uint8_t *sixes;
#endif
} df_packed_conv;

/*
 * Binary weights, input in DF_GROUPS. weights: uint8 [block of DF_GROUP_LANES channels][row][step][channel in block], bit
 * i = input channel i, 1 where there is none. thresholds: int16 [block][threshold][32 even channels, 32 odd channels]; the
 * accumulator is the sum of q where the weight is +1 and of 3 - q where it is -1. sixes: the weights as uint8
 * [block][row][pixel][lookup][channel in block]; of each three groups of four channels in a pixel a lookup has the first six
 * (bits 4 and 5 from the second group) and one the last six (bits 4 and 5 too), and each group that is left has its own.
 */
void df_conv_groups_avx2(const df_packed_conv *layer, const uint8_t *input, uint8_t *output);
void df_conv_groups_avx512bw(const df_packed_conv *layer, const uint8_t *input, uint8_t *output);
void df_conv_groups_avx512vbmi(const df_packed_conv *layer, const uint8_t *input, uint8_t *output);
void df_conv_groups_128(const df_packed_conv *layer, const uint8_t *input, uint8_t *output);

/*
 * Binary weights, input in DF_PLANES. weights: uint32 [block of DF_WORD_LANES channels][row][step][channel in block].
 * thresholds: int32 [block][threshold][channel in block], not increasing; the accumulator is the sum over planes p of
 * 2^p * popcount(weights ^ plane p), and a threshold is reached where the accumulator does not exceed it.
 */
void df_conv_planes_avx512(const df_packed_conv *layer, const uint8_t *input, uint8_t *output);
void df_conv_planes_neon(const df_packed_conv *layer, const uint8_t *input, uint8_t *output);

/*
 * Int8 weights, input in DF_LEVELS. weights: int8 [block of DF_WORD_LANES channels][row][step][channel in block][4 bytes],
 * 0 after the last byte of a row. thresholds: int32 [block][threshold][channel in block]; the accumulator is the sum of
 * weight * byte. pairs: the weights as int16 [block][row][pair of taps][channel in block][2], 0 after the last tap of a row.
 */
void df_conv_bytes_avx2(const df_packed_conv *layer, const uint8_t *input, uint8_t *output);
void df_conv_bytes_avx512vnni(const df_packed_conv *layer, const uint8_t *input, uint8_t *output);
void df_conv_bytes_neon(const df_packed_conv *layer, const uint8_t *input, uint8_t *output);
void df_conv_bytes_wasm(const df_packed_conv *layer, const uint8_t *input, uint8_t *output);

/*
 * Whether windows are 3 x 3 of stride 1 with one pixel of padding. What a row of that adds to an accumulator is constant, so it
 * is not computed: for binary weights the thresholds are there twice more, for the first row of pixels and for the last.
 */
static inline int32_t df_has_edges(const df_packed_conv *layer) {
    return layer->kernel == 3 && layer->stride == 1 && layer->input.border == 1;
}

/* Of the windows of an output row: which of their rows are computed, and where the thresholds for those begin. */
typedef struct df_rows {
    int32_t first;
    int32_t end;
    int64_t thresholds;
} df_rows;

/* lanes: output channels that lie side by side in the thresholds, a power of two. */
static inline df_rows df_rows_of(const df_packed_conv *layer, int32_t y, const int32_t lanes) {
    const df_shape shape = layer->output.shape;
    const int64_t thresholds = (int64_t)((shape.channels + lanes - 1) & -lanes) * layer->threshold_count;
    if (df_has_edges(layer) && shape.height > 1 && y == 0)
        return (df_rows){1, 3, thresholds};
    if (df_has_edges(layer) && shape.height > 1 && y == shape.height - 1)
        return (df_rows){0, 2, 2 * thresholds};
    return (df_rows){0, layer->kernel, 0};
}

/* Each picks the variant of a kernel set. */
void df_conv_groups(const df_packed_conv *layer, const uint8_t *input, uint8_t *output, df_kernel_set kernels);
void df_conv_planes(const df_packed_conv *layer, const uint8_t *input, uint8_t *output, df_kernel_set kernels);
void df_conv_bytes(const df_packed_conv *layer, const uint8_t *input, uint8_t *output, df_kernel_set kernels);

#endif
