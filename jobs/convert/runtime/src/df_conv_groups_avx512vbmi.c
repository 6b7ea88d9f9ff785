/*
 * The binary convolution by table lookup with VBMI, whose vpermb chooses among 64 bytes: what six channels add, for each choice
 * of their six weight bits. A table of every six levels would be as large as the second cache; here the row of four
 * channels that the other lookup kernels have and one of two make it, by one addition, for all pixels and channels of the
 * tile: 384 multiply-accumulates in two instructions and a bit.
 */
#if defined(__x86_64__)
#include "df_group_sums_avx512.h"
#include "df_group_table.h"

#define VBMI_FEATURES DF_AVX512_FEATURES ",avx512vbmi"
#define INLINE_VBMI static inline __attribute__((always_inline, target(VBMI_FEATURES)))

/* What a lookup takes from the groups of four channels: three of them make two times six. */
enum part { FIRST_SIX, LAST_SIX, FOUR };

enum { SIX_MAXIMUM = 18, TRIPLE = 3 };

/* The table for some channels of the groups. Of four channels it is the same whatever the two upper bits of the weights are. */
INLINE_VBMI __m512i table_of(const uint8_t *groups, const enum part part) {
    const __m128i *four = (const __m128i *)df_group_table[groups[part == LAST_SIX ? 2 : 0]];
    const __m512i table = _mm512_broadcast_i32x4(_mm_load_si128(four));
    if (part == FOUR)
        return table;
    const int32_t two = part == FIRST_SIX ? groups[1] & 15 : groups[1] >> 4;
    return _mm512_add_epi8(table, _mm512_load_si512(df_pair_table[two]));
}

/*
 * Adds one lookup to each pixel's sums. Neighbouring pixels share the columns of their windows: pixel p meets column p + t with
 * the weights of its tap t. groups: of the first column; the next ones are column_step further. weights: of the first tap
 * and block; the next taps are tap_step further, the next block block_step.
 */
INLINE_VBMI void look_up(df_group_sums *bytes, const uint8_t *groups, int64_t column_step, const uint8_t *weights,
                         int64_t tap_step, int64_t block_step, const enum part part, const int32_t taps,
                         const int32_t pixels, const int32_t blocks) {
    __m512i choice[DF_SHARED_TAPS][DF_SUM_BLOCKS];
    DF_UNROLL
    for (int32_t t = 0; t < taps; t++)
        DF_UNROLL
        for (int32_t b = 0; b < blocks; b++) choice[t][b] = _mm512_load_si512(weights + t * tap_step + b * block_step);
    DF_UNROLL
    for (int32_t column = 0; column < pixels + taps - 1; column++) {
        const __m512i table = table_of(groups + column * column_step, part);
        DF_UNROLL
        for (int32_t t = 0; t < taps; t++) {
            const int32_t p = column - t;
            if (p < 0 || p >= pixels)
                continue;
            DF_UNROLL
            for (int32_t b = 0; b < blocks; b++)
                bytes->at[p][b] = _mm512_add_epi8(bytes->at[p][b], _mm512_permutexvar_epi8(choice[t][b], table));
        }
    }
}

/* Twice for each three groups: the first six channels, then the last six, whose weights lie behind those. */
INLINE_VBMI void look_up_triples(df_group_sums *bytes, const uint8_t *groups, int64_t column_step, const uint8_t *weights,
                                 int64_t tap_step, int64_t block_step, const int32_t triples, const int32_t taps,
                                 const int32_t pixels, const int32_t blocks) {
    DF_UNROLL
    for (int32_t i = 0; i < triples; i++, groups += TRIPLE, weights += 2 * DF_GROUP_LANES) {
        look_up(bytes, groups, column_step, weights, tap_step, block_step, FIRST_SIX, taps, pixels, blocks);
        look_up(bytes, groups, column_step, weights + DF_GROUP_LANES, tap_step, block_step, LAST_SIX, taps, pixels,
                blocks);
    }
}

/*
 * `pixels` neighbouring pixels of row y from x on, times `blocks` * 64 channels. `taps`: of a window's row whose columns the
 * pixels share, or 1 where they share none. All three are constants where inlined.
 */
INLINE_VBMI void compute_tile(const df_packed_conv *restrict layer, const uint8_t *restrict input, uint8_t *restrict output,
                              int32_t y, int32_t x, int32_t block, const int32_t taps, const int32_t pixels,
                              const int32_t blocks) {
    /* So many triples fill a byte's room; fewer, and the groups after the last triple, fit it in any case. */
    const int32_t at_once = DF_SUM_ROOM / (2 * taps * SIX_MAXIMUM);
    const int32_t pixel_bytes = layer->input.pixel_bytes, triples = pixel_bytes / TRIPLE;
    const int32_t rest = pixel_bytes - TRIPLE * triples;
    const int64_t tap_step = (int64_t)(2 * triples + rest) * DF_GROUP_LANES;
    const int64_t block_step = tap_step * layer->kernel * layer->kernel, column_step = (int64_t)layer->stride * pixel_bytes;
    const df_rows rows = df_rows_of(layer, y, DF_GROUP_LANES);
    const uint8_t *row = input + (int64_t)(y * layer->stride + rows.first) * layer->input.row_bytes + x * column_step;
    const uint8_t *weights = layer->sixes + block * block_step + rows.first * layer->kernel * tap_step;
    df_group_sums bytes, counted, carries;
    df_clear_sums(&bytes, pixels, blocks);
    df_clear_sums(&counted, pixels, blocks);
    df_clear_sums(&carries, pixels, blocks);
    for (int32_t dy = rows.first; dy < rows.end; dy++, row += layer->input.row_bytes) {
        const uint8_t *groups = row;
        for (int32_t dx = 0; dx < layer->kernel; dx += taps, weights += (taps - 1) * tap_step) {
            int32_t left = triples;
            for (; left >= at_once; left -= at_once, groups += TRIPLE * at_once, weights += 2 * DF_GROUP_LANES * at_once) {
                look_up_triples(&bytes, groups, column_step, weights, tap_step, block_step, at_once, taps, pixels, blocks);
                df_count_carries(&bytes, &counted, &carries, pixels, blocks);
            }
            for (; left > 0; left--, groups += TRIPLE, weights += 2 * DF_GROUP_LANES)
                look_up_triples(&bytes, groups, column_step, weights, tap_step, block_step, 1, taps, pixels, blocks);
            for (int32_t group = 0; group < rest; group++, groups++, weights += DF_GROUP_LANES)
                look_up(&bytes, groups, column_step, weights, tap_step, block_step, FOUR, taps, pixels, blocks);
            df_count_carries(&bytes, &counted, &carries, pixels, blocks);
        }
    }
    df_group_sums kept;
    df_copy_sums(&kept, &bytes, pixels, blocks);
    df_store_sums(layer, output, y, x, block, (const int16_t *)layer->thresholds + rows.thresholds, &kept, &carries, pixels, blocks);
}

/* Tiles of all widths. taps: as of compute_tile; wide and narrow: as of DF_TILE_ROW. */
INLINE_VBMI void convolve(const df_packed_conv *restrict layer, const uint8_t *restrict input, uint8_t *restrict output,
                          const int32_t taps, const int32_t wide, const int32_t narrow) {
    const df_shape shape = layer->output.shape;
    const int32_t blocks = (shape.channels + DF_GROUP_LANES - 1) / DF_GROUP_LANES;
    for (int32_t block = 0; block < blocks; block += DF_SUM_BLOCKS) {
        for (int32_t y = 0; y < shape.height; y++) {
#define TWO_BLOCKS(x, pixels) compute_tile(layer, input, output, y, x, block, taps, pixels, 2)
#define ONE_BLOCK(x, pixels) compute_tile(layer, input, output, y, x, block, taps, pixels, 1)
            if (blocks - block >= 2)
                DF_TILE_ROW(shape.width, wide, narrow, TWO_BLOCKS);
            else
                DF_TILE_ROW(shape.width, wide, narrow, ONE_BLOCK);
        }
    }
}

__attribute__((target(VBMI_FEATURES))) void df_conv_groups_avx512vbmi(const df_packed_conv *restrict layer,
                                                                      const uint8_t *restrict input,
                                                                      uint8_t *restrict output) {
    if (layer->kernel == DF_SHARED_TAPS && layer->stride == 1)
        convolve(layer, input, output, DF_SHARED_TAPS, DF_SUM_PIXELS, 4);
    else
        convolve(layer, input, output, 1, 4, 1);
}
#endif
