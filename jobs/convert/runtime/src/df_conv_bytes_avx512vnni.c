/*
 * Convolution of bytes by int8 weights with VNNI: one instruction multiplies and adds four bytes of 16 output channels,
 * exactly (vpdpbusd does not saturate).
 */
#if defined(__x86_64__)
#include "df_packed_conv.h"
#include "df_store_avx512.h"
#include "df_tile.h"

#define VNNI_FEATURES DF_AVX512_FEATURES ",avx512vnni"
#define INLINE_VNNI static inline __attribute__((always_inline, target(VNNI_FEATURES)))

enum { TILE_PIXELS = 8, NARROW_PIXELS = 2, TILE_BLOCKS = 2, STEP_BYTES = 4 };

/* 32 channels with three thresholds: each is reached only where the one before is, so the masks make the levels' two bits. */
INLINE_VNNI void store_pair(df_format format, uint8_t *place, const __m512i *sums, const __m512i (*thresholds)[TILE_BLOCKS]) {
    uint32_t reached[3];
    DF_UNROLL
    for (int32_t k = 0; k < 3; k++) {
        const __mmask16 low = _mm512_cmpge_epi32_mask(sums[0], thresholds[k][0]);
        const __mmask16 high = _mm512_cmpge_epi32_mask(sums[1], thresholds[k][1]);
        reached[k] = _cvtmask32_u32(_mm512_kunpackw(high, low));
    }
    const uint64_t odd = reached[0] ^ reached[1] ^ reached[2], upper = reached[1];
    const uint64_t bits = format == DF_GROUPS ? _pdep_u64(odd, 0x5555555555555555u) | _pdep_u64(upper, 0xaaaaaaaaaaaaaaaau)
                                              : odd | upper << 32;
    __builtin_memcpy(place, &bits, sizeof bits);
}

/* One pixel's `blocks` * 16 channels, whatever the layout. Not inlined, so that each kind of tile need not have its code. */
static __attribute__((noinline, target(VNNI_FEATURES))) void store_blocks(const df_packed_conv *layer, uint8_t *segment,
                                                                          int32_t block, const __m512i *sums, int32_t blocks) {
    for (int32_t b = block; b < block + blocks; b++, sums++) {
        const int32_t *thresholds = (const int32_t *)layer->thresholds + (int64_t)b * layer->threshold_count * DF_WORD_LANES;
        __m512i levels = _mm512_setzero_si512();
        for (int32_t k = 0; k < layer->threshold_count; k++, thresholds += DF_WORD_LANES) {
            const __mmask16 reached = _mm512_cmpge_epi32_mask(*sums, _mm512_load_si512(thresholds));
            levels = _mm512_mask_add_epi32(levels, reached, levels, _mm512_set1_epi32(1));
        }
        df_store_words(&layer->output, segment, b * DF_WORD_LANES, levels);
    }
}

/* Sums to levels, and those to their places. */
INLINE_VNNI void store_tile(const df_packed_conv *layer, uint8_t *output, int32_t y, int32_t x, int32_t block,
                            const __m512i (*sums)[TILE_BLOCKS], const int32_t pixels, const int32_t blocks) {
    /* A copy, which a store cannot change. */
    const df_layout layout = layer->output;
    const int32_t first = block * DF_WORD_LANES, channels = layout.shape.channels - first;
    if (blocks == 2 && channels >= 2 * DF_WORD_LANES && layer->threshold_count == 3 && layout.format != DF_LEVELS) {
        const int32_t *row = (const int32_t *)layer->thresholds + (int64_t)first * 3;
        __m512i thresholds[3][TILE_BLOCKS];
        DF_UNROLL
        for (int32_t k = 0; k < 3; k++)
            DF_UNROLL
            for (int32_t b = 0; b < 2; b++) thresholds[k][b] = _mm512_load_si512(row + (b * 3 + k) * DF_WORD_LANES);
        DF_UNROLL
        for (int32_t p = 0; p < pixels; p++)
            store_pair(layout.format, output + df_offset(&layout, y, x + p) + first / 4, sums[p], thresholds);
        return;
    }
    __m512i kept[TILE_PIXELS][TILE_BLOCKS];
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++)
        DF_UNROLL
        for (int32_t b = 0; b < blocks; b++) kept[p][b] = sums[p][b];
    for (int32_t p = 0; p < pixels; p++)
        store_blocks(layer, output + df_offset(&layout, y, x + p), block, kept[p], blocks);
}

/* `pixels` neighbouring pixels of row y from x on, times `blocks` * 16 channels; both are constants where inlined. */
INLINE_VNNI void compute_tile(const df_packed_conv *restrict layer, const uint8_t *restrict input, uint8_t *restrict output, int32_t y, int32_t x,
                              int32_t block, const int32_t pixels, const int32_t blocks) {
    const int64_t pixel_step = (int64_t)layer->stride * layer->input.pixel_bytes;
    const int64_t block_step = (int64_t)layer->kernel * layer->steps * DF_WORD_LANES * STEP_BYTES;
    const uint8_t *row = input + (int64_t)y * layer->stride * layer->input.row_bytes + x * pixel_step;
    const int8_t *weights = (const int8_t *)layer->weights + block * block_step;
    __m512i sums[TILE_PIXELS][TILE_BLOCKS];
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++)
        DF_UNROLL
        for (int32_t b = 0; b < blocks; b++) sums[p][b] = _mm512_setzero_si512();
    for (int32_t dy = 0; dy < layer->kernel; dy++, row += layer->input.row_bytes) {
        const uint8_t *bytes = row;
        for (int32_t step = 0; step < layer->steps; step++, bytes += STEP_BYTES, weights += DF_WORD_LANES * STEP_BYTES) {
            __m512i weight[TILE_BLOCKS];
            DF_UNROLL
            for (int32_t b = 0; b < blocks; b++) weight[b] = _mm512_load_si512(weights + b * block_step);
            DF_UNROLL
            for (int32_t p = 0; p < pixels; p++) {
                int32_t four;
                __builtin_memcpy(&four, bytes + p * pixel_step, sizeof four);
                DF_UNROLL
                for (int32_t b = 0; b < blocks; b++)
                    sums[p][b] = _mm512_dpbusd_epi32(sums[p][b], _mm512_set1_epi32(four), weight[b]);
            }
        }
    }
    store_tile(layer, output, y, x, block, (const __m512i(*)[TILE_BLOCKS])sums, pixels, blocks);
}

__attribute__((target(VNNI_FEATURES))) void df_conv_bytes_avx512vnni(const df_packed_conv *restrict layer,
                                                                     const uint8_t *restrict input,
                                                                     uint8_t *restrict output) {
    const df_shape shape = layer->output.shape;
    for (int32_t block = 0; block * DF_WORD_LANES < shape.channels; block += TILE_BLOCKS) {
        for (int32_t y = 0; y < shape.height; y++) {
#define TWO_BLOCKS(x, pixels) compute_tile(layer, input, output, y, x, block, pixels, 2)
#define ONE_BLOCK(x, pixels) compute_tile(layer, input, output, y, x, block, pixels, 1)
            if (shape.channels - block * DF_WORD_LANES > DF_WORD_LANES)
                DF_TILE_ROW(shape.width, TILE_PIXELS, NARROW_PIXELS, TWO_BLOCKS);
            else
                DF_TILE_ROW(shape.width, TILE_PIXELS, NARROW_PIXELS, ONE_BLOCK);
        }
    }
}
#endif
