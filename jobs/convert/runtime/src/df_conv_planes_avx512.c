/*
 * The binary convolution on bit planes, for AVX-512 with VPOPCNTDQ: one instruction counts the bits of 16 output channels.
 * With b a plane of the levels, the sum of +b and -b over a window is popcount(w) - popcount(w ^ b); the thresholds take
 * up the first term, so no sum over the window is needed.
 */
#if defined(__x86_64__)
#include "df_packed_conv.h"
#include "df_store_avx512.h"
#include "df_tile.h"

#define POPCNT_FEATURES DF_AVX512_FEATURES ",avx512vpopcntdq"
#define INLINE_POPCNT static inline __attribute__((always_inline, target(POPCNT_FEATURES)))

enum { TILE_PIXELS = 8, NARROW_PIXELS = 4, MAXIMUM_PLANES = 4 };

/* Per pixel and plane the number of bits in which 16 channels' weights differ from the levels. */
typedef struct tile {
    __m512i at[TILE_PIXELS][MAXIMUM_PLANES];
} tile;

INLINE_POPCNT void count_row(tile *counts, const uint8_t *words, int64_t pixel_step, const uint32_t *weights,
                             int32_t steps, const int32_t pixels, const int32_t planes) {
    for (int32_t step = 0; step < steps; step++, weights += DF_WORD_LANES, words += planes * 4) {
        const __m512i weight = _mm512_load_si512(weights);
        DF_UNROLL
        for (int32_t p = 0; p < pixels; p++) {
            DF_UNROLL
            for (int32_t plane = 0; plane < planes; plane++) {
                int32_t word;
                __builtin_memcpy(&word, words + p * pixel_step + plane * 4, sizeof word);
                const __m512i differing = _mm512_xor_si512(weight, _mm512_set1_epi32(word));
                counts->at[p][plane] = _mm512_add_epi32(counts->at[p][plane], _mm512_popcnt_epi32(differing));
            }
        }
    }
}

/* The accumulator of one pixel from its planes' counts. */
INLINE_POPCNT __m512i weigh_planes(const __m512i *counts, const int32_t planes) {
    __m512i sum = counts[0];
    DF_UNROLL
    for (int32_t plane = 1; plane < planes; plane++)
        sum = _mm512_add_epi32(sum, _mm512_slli_epi32(counts[plane], (uint32_t)plane));
    return sum;
}

/* thresholds: of the first of the layer's channels. */
INLINE_POPCNT void store_pixel(const df_packed_conv *layer, uint8_t *segment, int32_t block, const int32_t *thresholds,
                               __m512i sum) {
    const df_layout *layout = &layer->output;
    thresholds += (int64_t)block * layer->threshold_count * DF_WORD_LANES;
    const int32_t first = block * DF_WORD_LANES;
    if (layer->threshold_count == 3 && layout->format == DF_PLANES) {
        const __mmask16 one = _mm512_cmple_epi32_mask(sum, _mm512_load_si512(thresholds));
        const __mmask16 two = _mm512_cmple_epi32_mask(sum, _mm512_load_si512(thresholds + DF_WORD_LANES));
        const __mmask16 three = _mm512_cmple_epi32_mask(sum, _mm512_load_si512(thresholds + 2 * DF_WORD_LANES));
        df_store_three(layout, segment, first, one, two, three);
        return;
    }
    __m512i levels = _mm512_setzero_si512();
    for (int32_t k = 0; k < layer->threshold_count; k++, thresholds += DF_WORD_LANES) {
        const __mmask16 reached = _mm512_cmple_epi32_mask(sum, _mm512_load_si512(thresholds));
        levels = _mm512_mask_add_epi32(levels, reached, levels, _mm512_set1_epi32(1));
    }
    df_store_words(layout, segment, first, levels);
}

/* `pixels` neighbouring pixels of row y from x on, 16 channels; pixels and planes are constants where inlined. */
INLINE_POPCNT void compute_tile(const df_packed_conv *restrict layer, const uint8_t *restrict input, uint8_t *restrict output, int32_t y, int32_t x,
                                int32_t block, const int32_t pixels, const int32_t planes) {
    const int64_t pixel_step = (int64_t)layer->stride * layer->input.pixel_bytes;
    const df_rows rows = df_rows_of(layer, y, DF_WORD_LANES);
    const uint8_t *row = input + (int64_t)(y * layer->stride + rows.first) * layer->input.row_bytes + x * pixel_step;
    const int32_t row_words = layer->steps * DF_WORD_LANES;
    const uint32_t *weights =
        (const uint32_t *)layer->weights + (int64_t)(block * layer->kernel + rows.first) * row_words;
    tile counts;
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++)
        DF_UNROLL
        for (int32_t plane = 0; plane < planes; plane++) counts.at[p][plane] = _mm512_setzero_si512();
    for (int32_t dy = rows.first; dy < rows.end; dy++, row += layer->input.row_bytes, weights += row_words)
        count_row(&counts, row, pixel_step, weights, layer->steps, pixels, planes);
    /* In memory, so that the code for the store need not be there for each pixel. */
    __m512i sums[TILE_PIXELS];
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++) sums[p] = weigh_planes(counts.at[p], planes);
    const int32_t *thresholds = (const int32_t *)layer->thresholds + rows.thresholds;
    for (int32_t p = 0; p < pixels; p++)
        store_pixel(layer, output + df_offset(&layer->output, y, x + p), block, thresholds, sums[p]);
}

INLINE_POPCNT void convolve(const df_packed_conv *restrict layer, const uint8_t *restrict input, uint8_t *restrict output, const int32_t wide,
                            const int32_t planes) {
    const df_shape shape = layer->output.shape;
    for (int32_t first = 0, block = 0; first < shape.channels; first += DF_WORD_LANES, block++) {
        for (int32_t y = 0; y < shape.height; y++) {
#define TILE(x, pixels) compute_tile(layer, input, output, y, x, block, pixels, planes)
            DF_TILE_ROW(shape.width, wide, NARROW_PIXELS, TILE);
        }
    }
}

__attribute__((target(POPCNT_FEATURES))) void df_conv_planes_avx512(const df_packed_conv *layer, const uint8_t *input,
                                                                    uint8_t *output) {
    switch (layer->input.bits) {
    case 1:
        convolve(layer, input, output, TILE_PIXELS, 1);
        break;
    case 2:
        convolve(layer, input, output, TILE_PIXELS, 2);
        break;
    case 3:
        convolve(layer, input, output, NARROW_PIXELS, 3);
        break;
    default:
        convolve(layer, input, output, NARROW_PIXELS, 4);
    }
}
#endif
