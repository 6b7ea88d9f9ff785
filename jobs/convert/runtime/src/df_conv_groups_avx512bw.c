/*
 * The binary convolution by table lookup, as df_conv_groups_avx2.c has it, in registers of 64 channels: 256
 * multiply-accumulates in two instructions.
 */
#if defined(__x86_64__)
#include "df_group_table.h"
#include "df_packed_conv.h"
#include "df_store_avx512.h"
#include "df_tile.h"

enum { TILE_PIXELS = 8, NARROW_PIXELS = 4, TILE_REGISTERS = 2 };

/* One register per pixel and 64 channels. */
typedef struct tile {
    __m512i at[TILE_PIXELS][TILE_REGISTERS];
} tile;

DF_INLINE_AVX512 void clear(tile *sums, const int32_t pixels, const int32_t registers) {
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++)
        DF_UNROLL
        for (int32_t r = 0; r < registers; r++) sums->at[p][r] = _mm512_setzero_si512();
}

/* weights: of the first 64 channels; those of the next ones are block_bytes further. */
DF_INLINE_AVX512 void look_up(tile *bytes, const uint8_t *groups, int64_t pixel_step, const uint8_t *weights,
                              int64_t block_bytes, int32_t steps, const int32_t pixels, const int32_t registers) {
    for (int32_t step = 0; step < steps; step++, weights += DF_GROUP_LANES) {
        __m512i choice[TILE_REGISTERS];
        DF_UNROLL
        for (int32_t r = 0; r < registers; r++) choice[r] = _mm512_load_si512(weights + r * block_bytes);
        DF_UNROLL
        for (int32_t p = 0; p < pixels; p++) {
            const __m128i *entry = (const __m128i *)df_group_table[groups[p * pixel_step + step]];
            const __m512i table = _mm512_broadcast_i32x4(_mm_load_si128(entry));
            DF_UNROLL
            for (int32_t r = 0; r < registers; r++)
                bytes->at[p][r] = _mm512_add_epi8(bytes->at[p][r], _mm512_shuffle_epi8(table, choice[r]));
        }
    }
}

/* all: even channel + 256 * odd channel, modulo 2^16. */
DF_INLINE_AVX512 void fold(tile *bytes, tile *all, tile *odd, const int32_t pixels, const int32_t registers) {
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++) {
        DF_UNROLL
        for (int32_t r = 0; r < registers; r++) {
            all->at[p][r] = _mm512_add_epi16(all->at[p][r], bytes->at[p][r]);
            odd->at[p][r] = _mm512_add_epi16(odd->at[p][r], _mm512_srli_epi16(bytes->at[p][r], 8));
        }
    }
    clear(bytes, pixels, registers);
}

/* Number of thresholds that the sums reach. */
DF_INLINE_AVX512 __m512i levels_of(__m512i even, __m512i odd, const int16_t *thresholds, int32_t count) {
    const __m512i one = _mm512_set1_epi16(1), high = _mm512_set1_epi16(256);
    __m512i levels = _mm512_setzero_si512();
    for (int32_t k = 0; k < count; k++, thresholds += DF_GROUP_LANES) {
        const __mmask32 even_mask = _mm512_cmpge_epi16_mask(even, _mm512_load_si512(thresholds));
        const __mmask32 odd_mask = _mm512_cmpge_epi16_mask(odd, _mm512_load_si512(thresholds + DF_GROUP_LANES / 2));
        levels = _mm512_mask_add_epi16(levels, even_mask, levels, one);
        levels = _mm512_mask_add_epi16(levels, odd_mask, levels, high);
    }
    return levels;
}

/* `pixels` neighbouring pixels of row y from x on, times `registers` * 64 channels; both are constants where inlined. */
DF_INLINE_AVX512 void compute_tile(const df_packed_conv *restrict layer, const uint8_t *restrict input, uint8_t *restrict output, int32_t y,
                                   int32_t x, int32_t block, const int32_t pixels, const int32_t registers) {
    const int64_t pixel_step = (int64_t)layer->stride * layer->input.pixel_bytes;
    const int64_t block_bytes = (int64_t)layer->kernel * layer->steps * DF_GROUP_LANES;
    const uint8_t *row = input + (int64_t)y * layer->stride * layer->input.row_bytes + x * pixel_step;
    const uint8_t *weights = (const uint8_t *)layer->weights + block * block_bytes;
    tile bytes, all, odd;
    clear(&bytes, pixels, registers);
    clear(&all, pixels, registers);
    clear(&odd, pixels, registers);
    int32_t until_fold = DF_GROUP_STEPS_PER_FOLD;
    for (int32_t dy = 0; dy < layer->kernel; dy++, row += layer->input.row_bytes) {
        for (int32_t step = 0; step < layer->steps;) {
            const int32_t left = layer->steps - step, steps = left < until_fold ? left : until_fold;
            look_up(&bytes, row + step, pixel_step, weights, block_bytes, steps, pixels, registers);
            weights += steps * DF_GROUP_LANES;
            step += steps;
            until_fold -= steps;
            if (until_fold == 0) {
                fold(&bytes, &all, &odd, pixels, registers);
                until_fold = DF_GROUP_STEPS_PER_FOLD;
            }
        }
    }
    fold(&bytes, &all, &odd, pixels, registers);
    DF_UNROLL
    for (int32_t r = 0; r < registers; r++) {
        const int16_t *thresholds =
            (const int16_t *)layer->thresholds + (int64_t)(block + r) * layer->threshold_count * DF_GROUP_LANES;
        DF_UNROLL
        for (int32_t p = 0; p < pixels; p++) {
            const __m512i even = _mm512_sub_epi16(all.at[p][r], _mm512_slli_epi16(odd.at[p][r], 8));
            const __m512i levels = levels_of(even, odd.at[p][r], thresholds, layer->threshold_count);
            uint8_t *segment = output + df_offset(&layer->output, y, x + p);
            df_store_64(&layer->output, segment, (block + r) * DF_GROUP_LANES, levels);
        }
    }
}

__attribute__((target(DF_AVX512_FEATURES))) void df_conv_groups_avx512bw(const df_packed_conv *restrict layer,
                                                                         const uint8_t *restrict input, uint8_t *restrict output) {
    const df_shape shape = layer->output.shape;
    const int32_t blocks = (shape.channels + DF_GROUP_LANES - 1) / DF_GROUP_LANES;
    for (int32_t block = 0; block < blocks; block += TILE_REGISTERS) {
        for (int32_t y = 0; y < shape.height; y++) {
#define TWO_BLOCKS(x, pixels) compute_tile(layer, input, output, y, x, block, pixels, 2)
#define ONE_BLOCK(x, pixels) compute_tile(layer, input, output, y, x, block, pixels, 1)
            if (blocks - block >= 2)
                DF_TILE_ROW(shape.width, NARROW_PIXELS, 2, TWO_BLOCKS);
            else
                DF_TILE_ROW(shape.width, TILE_PIXELS, NARROW_PIXELS, ONE_BLOCK);
        }
    }
}
#endif
