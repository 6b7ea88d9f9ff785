/*
 * The binary convolution by table lookup, as df_conv_groups_avx2.c has it, in registers of 64 channels: 256
 * multiply-accumulates in two instructions.
 */
#if defined(__x86_64__)
#include "df_group_sums_avx512.h"
#include "df_group_table.h"

/*
 * Adds one lookup to each pixel's sums. Neighbouring pixels share the columns of their windows: pixel p meets column p + t with
 * the weights of its tap t. groups: of the first column; the next ones are column_step further. weights: of the first tap
 * and block; the next taps are tap_step further, the next block block_step.
 */
DF_INLINE_AVX512 void look_up(df_group_sums *bytes, const uint8_t *groups, int64_t column_step, const uint8_t *weights,
                              int64_t tap_step, int64_t block_step, const int32_t taps, const int32_t pixels,
                              const int32_t blocks) {
    __m512i choice[DF_SHARED_TAPS][DF_SUM_BLOCKS];
    DF_UNROLL
    for (int32_t t = 0; t < taps; t++)
        DF_UNROLL
        for (int32_t b = 0; b < blocks; b++) choice[t][b] = _mm512_load_si512(weights + t * tap_step + b * block_step);
    DF_UNROLL
    for (int32_t column = 0; column < pixels + taps - 1; column++) {
        const __m128i *entry = (const __m128i *)df_group_table[groups[column * column_step]];
        const __m512i table = _mm512_broadcast_i32x4(_mm_load_si128(entry));
        DF_UNROLL
        for (int32_t t = 0; t < taps; t++) {
            const int32_t p = column - t;
            if (p < 0 || p >= pixels)
                continue;
            DF_UNROLL
            for (int32_t b = 0; b < blocks; b++)
                bytes->at[p][b] = _mm512_add_epi8(bytes->at[p][b], _mm512_shuffle_epi8(table, choice[t][b]));
        }
    }
}

/*
 * `pixels` neighbouring pixels of row y from x on, times `blocks` * 64 channels. `taps`: of a window's row whose columns the
 * pixels share, or 1 where they share none. All three are constants where inlined.
 */
DF_INLINE_AVX512 void compute_tile(const df_packed_conv *restrict layer, const uint8_t *restrict input,
                                   uint8_t *restrict output, int32_t y, int32_t x, int32_t block, const int32_t taps,
                                   const int32_t pixels, const int32_t blocks) {
    const int32_t pixel_bytes = layer->input.pixel_bytes, steps = taps > 1 ? pixel_bytes : layer->steps;
    const int64_t tap_step = (int64_t)pixel_bytes * DF_GROUP_LANES, row_step = (int64_t)layer->steps * DF_GROUP_LANES;
    const int64_t column_step = (int64_t)layer->stride * pixel_bytes, block_step = layer->kernel * row_step;
    /* So many lookups fill a byte's room. */
    const int32_t at_once = DF_SUM_ROOM / (taps * DF_GROUP_ENTRY_MAXIMUM);
    const df_rows rows = df_rows_of(layer, y, DF_GROUP_LANES);
    const uint8_t *row = input + (int64_t)(y * layer->stride + rows.first) * layer->input.row_bytes + x * column_step;
    const uint8_t *row_weights = (const uint8_t *)layer->weights + block * block_step + rows.first * row_step;
    df_group_sums bytes, counted, carries;
    df_clear_sums(&bytes, pixels, blocks);
    df_clear_sums(&counted, pixels, blocks);
    df_clear_sums(&carries, pixels, blocks);
    for (int32_t dy = rows.first; dy < rows.end; dy++, row += layer->input.row_bytes, row_weights += row_step) {
        const uint8_t *weights = row_weights;
        for (int32_t step = 0; step < steps;) {
            const int32_t left = steps - step, until = step + (left < at_once ? left : at_once);
            for (; step < until; step++, weights += DF_GROUP_LANES)
                look_up(&bytes, row + step, column_step, weights, tap_step, block_step, taps, pixels, blocks);
            df_count_carries(&bytes, &counted, &carries, pixels, blocks);
        }
    }
    df_group_sums kept;
    df_copy_sums(&kept, &bytes, pixels, blocks);
    df_store_sums(layer, output, y, x, block, (const int16_t *)layer->thresholds + rows.thresholds, &kept, &carries, pixels, blocks);
}

/* Tiles of all widths. taps: as of compute_tile; wide and narrow: as of DF_TILE_ROW. */
DF_INLINE_AVX512 void convolve(const df_packed_conv *restrict layer, const uint8_t *restrict input, uint8_t *restrict output,
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

__attribute__((target(DF_AVX512_FEATURES))) void df_conv_groups_avx512bw(const df_packed_conv *restrict layer,
                                                                         const uint8_t *restrict input, uint8_t *restrict output) {
    if (layer->kernel == DF_SHARED_TAPS && layer->stride == 1)
        convolve(layer, input, output, DF_SHARED_TAPS, DF_SUM_PIXELS, 4);
    else
        convolve(layer, input, output, 1, 4, 1);
}
#endif
