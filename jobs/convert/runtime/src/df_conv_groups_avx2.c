/*
 * The binary convolution by table lookup on AVX2. Four channels' levels make one byte; a constant table holds, for each
 * such byte and each choice of four weight bits, what they add to the sum. One shuffle looks up 32 output channels at
 * once, one addition accumulates them: 128 multiply-accumulates in two instructions. In the usual 3 x 3 windows a row of the
 * table, once loaded, serves every pixel of the tile that its column belongs to.
 */
#if defined(__x86_64__)
#include "df_group_table.h"
#include "df_packed_conv.h"
#include "df_store_avx2.h"
#include "df_tile.h"

enum { TILE_PIXELS = 4, NARROW_PIXELS = 2, TILE_REGISTERS = 2, LANES = 32 };

/* Side of the windows whose columns are shared: eight sums, six weights, a row of the table and a product are 16 registers. */
enum { SHARED_TAPS = 3 };

/* One register per pixel and 32 channels. Lives in registers where the functions below are inlined. */
typedef struct tile {
    __m256i at[TILE_PIXELS][TILE_REGISTERS];
} tile;

DF_INLINE_AVX2 void clear(tile *sums, const int32_t pixels, const int32_t registers) {
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++)
        DF_UNROLL
        for (int32_t r = 0; r < registers; r++) sums->at[p][r] = _mm256_setzero_si256();
}

/*
 * Adds the lookups of some steps to sums in bytes. Neighbouring pixels share the columns of their windows: pixel p meets
 * column p + t with the weights of its tap t. groups: of the first column; the next ones are column_step further. weights:
 * of the first tap; the next ones are tap_step further.
 */
DF_INLINE_AVX2 void look_up(tile *bytes, const uint8_t *groups, int64_t column_step, const uint8_t *weights,
                            int64_t tap_step, int32_t steps, const int32_t taps, const int32_t pixels,
                            const int32_t registers) {
    for (int32_t step = 0; step < steps; step++, weights += DF_GROUP_LANES) {
        __m256i table[TILE_PIXELS + SHARED_TAPS - 1];
        DF_UNROLL
        for (int32_t column = 0; column < pixels + taps - 1; column++) {
            const __m128i *entry = (const __m128i *)df_group_table[groups[column * column_step + step]];
            table[column] = _mm256_broadcastsi128_si256(_mm_load_si128(entry));
        }
        DF_UNROLL
        for (int32_t t = 0; t < taps; t++)
            DF_UNROLL
            for (int32_t r = 0; r < registers; r++) {
                const __m256i choice = _mm256_load_si256((const __m256i *)(weights + t * tap_step + r * LANES));
                DF_UNROLL
                for (int32_t p = 0; p < pixels; p++)
                    bytes->at[p][r] = _mm256_add_epi8(bytes->at[p][r], _mm256_shuffle_epi8(table[p + t], choice));
            }
    }
}

/*
 * Adds bytes to 16-bit sums. all: even channel + 256 * odd channel, modulo 2^16, from which the even one is taken at the
 * end: one instruction less than to part them here.
 */
DF_INLINE_AVX2 void fold(tile *bytes, tile *all, tile *odd, const int32_t pixels, const int32_t registers) {
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++) {
        DF_UNROLL
        for (int32_t r = 0; r < registers; r++) {
            all->at[p][r] = _mm256_add_epi16(all->at[p][r], bytes->at[p][r]);
            odd->at[p][r] = _mm256_add_epi16(odd->at[p][r], _mm256_srli_epi16(bytes->at[p][r], 8));
        }
    }
    clear(bytes, pixels, registers);
    /* The 16-bit sums stay in memory: the compiler would take them for registers, which there are not enough of. */
    __asm__ volatile("" ::"r"(all), "r"(odd) : "memory");
}

/* Number of thresholds reached: all of them, less those above the sum (a comparison that holds is -1). */
DF_INLINE_AVX2 __m256i levels_of(__m256i even, __m256i odd, const int16_t *thresholds, int32_t count) {
    __m256i even_levels = _mm256_set1_epi16((int16_t)count), odd_levels = even_levels;
    for (int32_t k = 0; k < count; k++, thresholds += DF_GROUP_LANES) {
        const __m256i *row = (const __m256i *)thresholds;
        even_levels = _mm256_add_epi16(even_levels, _mm256_cmpgt_epi16(_mm256_load_si256(row), even));
        odd_levels = _mm256_add_epi16(odd_levels, _mm256_cmpgt_epi16(_mm256_load_si256(row + 2), odd));
    }
    return _mm256_or_si256(even_levels, _mm256_slli_epi16(odd_levels, 8));
}

/* Levels of pixel p's channels r * 32 to r * 32 + 31 of the block. */
DF_INLINE_AVX2 __m256i levels_at(const int16_t *thresholds, const tile *all, const tile *odd, int32_t p, int32_t r,
                                 const int32_t count) {
    const __m256i even = _mm256_sub_epi16(all->at[p][r], _mm256_slli_epi16(odd->at[p][r], 8));
    return levels_of(even, odd->at[p][r], thresholds + r * LANES / 2, count);
}

/* Sums to levels, and those to their places. thresholds: of the block. A function of its own, so that each kind of tile need not have its code. */
static __attribute__((noinline, target("avx2"))) void store_tile(const df_packed_conv *layer, uint8_t *output, int32_t y,
                                                                 int32_t x, int32_t block, const int16_t *thresholds,
                                                                 const tile *all, const tile *odd, int32_t pixels,
                                                                 int32_t registers) {
    /* A copy, which a store cannot change. */
    const df_layout layout = layer->output;
    const int32_t first = block * DF_GROUP_LANES, count = layer->threshold_count;
    const int is_usual = count == 3 && layout.format == DF_GROUPS && layout.shape.channels - first >= DF_GROUP_LANES;
    for (int32_t p = 0; p < pixels; p++) {
        uint8_t *segment = output + df_offset(&layout, y, x + p);
        if (is_usual) {
            const __m256i low = levels_at(thresholds, all, odd, p, 0, 3);
            const __m256i high = levels_at(thresholds, all, odd, p, 1, 3);
            _mm_storeu_si128((__m128i *)(segment + first / 4), df_groups_of_64(low, high));
        } else {
            for (int32_t r = 0; r < registers; r++)
                df_store_32(&layout, segment, first + r * LANES, levels_at(thresholds, all, odd, p, r, count));
        }
    }
}

/*
 * `pixels` neighbouring pixels of row y from x on, times `registers` * 32 channels. `taps`: of a window's row whose columns
 * the pixels share, or 1 where they share none. All three are constants where inlined.
 */
DF_INLINE_AVX2 void compute_tile(const df_packed_conv *restrict layer, const uint8_t *restrict input, uint8_t *restrict output, int32_t y, int32_t x,
                                 int32_t block, const int32_t taps, const int32_t pixels, const int32_t registers) {
    const int64_t column_step = taps > 1 ? layer->input.pixel_bytes : (int64_t)layer->stride * layer->input.pixel_bytes;
    const df_rows rows = df_rows_of(layer, y, DF_GROUP_LANES);
    const uint8_t *row = input + (int64_t)(y * layer->stride + rows.first) * layer->input.row_bytes + x * column_step;
    const uint8_t *weights = (const uint8_t *)layer->weights +
                             (int64_t)(block * layer->kernel + rows.first) * layer->steps * DF_GROUP_LANES;
    const int32_t tap_steps = taps > 1 ? layer->input.pixel_bytes : layer->steps;
    tile bytes, all, odd;
    clear(&bytes, pixels, registers);
    clear(&all, pixels, registers);
    clear(&odd, pixels, registers);
    int32_t until_fold = DF_GROUP_STEPS_PER_FOLD / taps;
    for (int32_t dy = rows.first; dy < rows.end; dy++, row += layer->input.row_bytes) {
        for (int32_t step = 0; step < tap_steps;) {
            const int32_t left = tap_steps - step, steps = left < until_fold ? left : until_fold;
            look_up(&bytes, row + step, column_step, weights + step * DF_GROUP_LANES, (int64_t)tap_steps * DF_GROUP_LANES,
                    steps, taps, pixels, registers);
            step += steps;
            until_fold -= steps;
            if (until_fold == 0) {
                fold(&bytes, &all, &odd, pixels, registers);
                until_fold = DF_GROUP_STEPS_PER_FOLD / taps;
            }
        }
        weights += layer->steps * DF_GROUP_LANES;
    }
    fold(&bytes, &all, &odd, pixels, registers);
    const int16_t *thresholds = (const int16_t *)layer->thresholds + rows.thresholds +
                                (int64_t)block * layer->threshold_count * DF_GROUP_LANES;
    store_tile(layer, output, y, x, block, thresholds, &all, &odd, pixels, registers);
}

/* All tiles. taps: as of compute_tile. */
DF_INLINE_AVX2 void convolve(const df_packed_conv *restrict layer, const uint8_t *restrict input, uint8_t *restrict output,
                             const int32_t taps) {
    const df_shape shape = layer->output.shape;
    for (int32_t first = 0, block = 0; first < shape.channels; first += DF_GROUP_LANES, block++) {
        for (int32_t y = 0; y < shape.height; y++) {
#define BOTH_HALVES(x, pixels) compute_tile(layer, input, output, y, x, block, taps, pixels, 2)
#define ONE_HALF(x, pixels) compute_tile(layer, input, output, y, x, block, taps, pixels, 1)
            if (shape.channels - first > LANES)
                DF_TILE_ROW(shape.width, TILE_PIXELS, NARROW_PIXELS, BOTH_HALVES);
            else
                DF_TILE_ROW(shape.width, TILE_PIXELS, NARROW_PIXELS, ONE_HALF);
        }
    }
}

DF_AVX2_TARGET void df_conv_groups_avx2(const df_packed_conv *restrict layer, const uint8_t *restrict input, uint8_t *restrict output) {
    if (layer->kernel == SHARED_TAPS && layer->stride == 1)
        convolve(layer, input, output, SHARED_TAPS);
    else
        convolve(layer, input, output, 1);
}
#endif
