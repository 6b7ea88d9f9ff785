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

enum { TILE_PIXELS = 8, NARROW_PIXELS = 4, STEP_BYTES = 4 };

INLINE_VNNI void store_pixel(const df_packed_conv *layer, uint8_t *segment, int32_t block, __m512i sum) {
    const df_layout *layout = &layer->output;
    const int32_t *thresholds =
        (const int32_t *)layer->thresholds + (int64_t)block * layer->threshold_count * DF_WORD_LANES;
    const int32_t first = block * DF_WORD_LANES;
    if (layer->threshold_count == 3 && layout->format != DF_LEVELS) {
        const __mmask16 one = _mm512_cmpge_epi32_mask(sum, _mm512_load_si512(thresholds));
        const __mmask16 two = _mm512_cmpge_epi32_mask(sum, _mm512_load_si512(thresholds + DF_WORD_LANES));
        const __mmask16 three = _mm512_cmpge_epi32_mask(sum, _mm512_load_si512(thresholds + 2 * DF_WORD_LANES));
        df_store_three(layout, segment, first, one, two, three);
        return;
    }
    __m512i levels = _mm512_setzero_si512();
    for (int32_t k = 0; k < layer->threshold_count; k++, thresholds += DF_WORD_LANES) {
        const __mmask16 reached = _mm512_cmpge_epi32_mask(sum, _mm512_load_si512(thresholds));
        levels = _mm512_mask_add_epi32(levels, reached, levels, _mm512_set1_epi32(1));
    }
    df_store_words(layout, segment, first, levels);
}

/* `pixels` neighbouring pixels of row y from x on, 16 channels. */
INLINE_VNNI void compute_tile(const df_packed_conv *restrict layer, const uint8_t *restrict input, uint8_t *restrict output, int32_t y, int32_t x,
                              int32_t block, const int32_t pixels) {
    const int64_t pixel_step = (int64_t)layer->stride * layer->input.pixel_bytes;
    const uint8_t *row = input + (int64_t)y * layer->stride * layer->input.row_bytes + x * pixel_step;
    const int8_t *weights =
        (const int8_t *)layer->weights + (int64_t)block * layer->kernel * layer->steps * DF_WORD_LANES * STEP_BYTES;
    __m512i sums[TILE_PIXELS];
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++) sums[p] = _mm512_setzero_si512();
    for (int32_t dy = 0; dy < layer->kernel; dy++, row += layer->input.row_bytes) {
        const uint8_t *bytes = row;
        for (int32_t step = 0; step < layer->steps; step++, bytes += STEP_BYTES) {
            const __m512i weight = _mm512_load_si512(weights);
            weights += DF_WORD_LANES * STEP_BYTES;
            DF_UNROLL
            for (int32_t p = 0; p < pixels; p++) {
                int32_t four;
                __builtin_memcpy(&four, bytes + p * pixel_step, sizeof four);
                sums[p] = _mm512_dpbusd_epi32(sums[p], _mm512_set1_epi32(four), weight);
            }
        }
    }
    /* In memory, so that the code for the store need not be there for each pixel. */
    __m512i kept[TILE_PIXELS];
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++) kept[p] = sums[p];
    for (int32_t p = 0; p < pixels; p++)
        store_pixel(layer, output + df_offset(&layer->output, y, x + p), block, kept[p]);
}

__attribute__((target(VNNI_FEATURES))) void df_conv_bytes_avx512vnni(const df_packed_conv *layer, const uint8_t *input,
                                                                     uint8_t *output) {
    const df_shape shape = layer->output.shape;
    for (int32_t first = 0, block = 0; first < shape.channels; first += DF_WORD_LANES, block++) {
        for (int32_t y = 0; y < shape.height; y++) {
#define TILE(x, pixels) compute_tile(layer, input, output, y, x, block, pixels)
            DF_TILE_ROW(shape.width, TILE_PIXELS, NARROW_PIXELS, TILE);
        }
    }
}
#endif
