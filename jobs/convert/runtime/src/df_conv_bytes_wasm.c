/*
 * Convolution of bytes by int8 weights for WebAssembly. Both are widened to 16 bits, the weights by whoever packs them; their
 * products are added in pairs, exactly.
 */
#if defined(__wasm_simd128__)
#include "df_packed_conv.h"
#include "df_store_128.h"
#include "df_tile.h"

enum { TILE_PIXELS = 2, REGISTERS = DF_WORD_LANES / 4 };

/* Levels of 16 channels, one byte each: all thresholds, less those above the sum. */
DF_INLINE df_u8x16 levels_of(const df_i32x4 *sums, const int32_t *thresholds, int32_t count) {
    df_i32x4 levels[REGISTERS];
    DF_UNROLL
    for (int32_t r = 0; r < REGISTERS; r++) levels[r] = df_splat_i32(count);
    for (int32_t k = 0; k < count; k++, thresholds += DF_WORD_LANES) {
        DF_UNROLL
        for (int32_t r = 0; r < REGISTERS; r++) levels[r] += (df_i32x4)df_load_u8(thresholds + 4 * r) > sums[r];
    }
    const df_u16x8 low = __builtin_shufflevector((df_u16x8)levels[0], (df_u16x8)levels[1], 0, 2, 4, 6, 8, 10, 12, 14);
    const df_u16x8 high = __builtin_shufflevector((df_u16x8)levels[2], (df_u16x8)levels[3], 0, 2, 4, 6, 8, 10, 12, 14);
    return __builtin_shufflevector((df_u8x16)low, (df_u8x16)high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28,
                                   30);
}

/* `pixels` neighbouring pixels of row y from x on, 16 channels; a constant where inlined. */
DF_INLINE void compute_tile(const df_packed_conv *layer, const uint8_t *input, uint8_t *output, int32_t y, int32_t x,
                            int32_t block, const int32_t pixels) {
    const int32_t pixel_step = layer->stride * layer->input.pixel_bytes;
    const uint8_t *row = input + (int64_t)y * layer->stride * layer->input.row_bytes + x * pixel_step;
    const int32_t pairs = (layer->kernel * layer->input.pixel_bytes + 1) / 2;
    const int16_t *weights = layer->pairs + (int64_t)block * layer->kernel * pairs * DF_WORD_LANES * 2;
    df_i32x4 sums[TILE_PIXELS][REGISTERS];
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++)
        DF_UNROLL
        for (int32_t r = 0; r < REGISTERS; r++) sums[p][r] = df_splat_i32(0);
    for (int32_t dy = 0; dy < layer->kernel; dy++, row += layer->input.row_bytes) {
        const uint8_t *of_pixel[TILE_PIXELS];
        DF_UNROLL
        for (int32_t p = 0; p < pixels; p++) of_pixel[p] = row + p * pixel_step;
        DF_ROLLED
        for (int32_t pair = 0; pair < pairs; pair++, weights += DF_WORD_LANES * 2) {
            df_i16x8 two[TILE_PIXELS];
            DF_UNROLL
            for (int32_t p = 0; p < pixels; p++) two[p] = df_load_two_four_times(of_pixel[p] + 2 * pair);
            DF_UNROLL
            for (int32_t r = 0; r < REGISTERS; r++) {
                const df_i16x8 factors = (df_i16x8)df_load_u8(weights + 8 * r);
                DF_UNROLL
                for (int32_t p = 0; p < pixels; p++) sums[p][r] += df_dot_pairs(two[p], factors);
            }
        }
    }
    const int32_t *thresholds =
        (const int32_t *)layer->thresholds + (int64_t)block * layer->threshold_count * DF_WORD_LANES;
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++)
        df_store_16(&layer->output, output + df_offset(&layer->output, y, x + p), block * DF_WORD_LANES,
                    levels_of(sums[p], thresholds, layer->threshold_count));
}

void df_conv_bytes_wasm(const df_packed_conv *layer, const uint8_t *input, uint8_t *output) {
    const df_shape shape = layer->output.shape;
    for (int32_t first = 0, block = 0; first < shape.channels; first += DF_WORD_LANES, block++) {
        for (int32_t y = 0; y < shape.height; y++) {
#define TILE(x, pixels) compute_tile(layer, input, output, y, x, block, pixels)
            DF_TILE_ROW(shape.width, TILE_PIXELS, 1, TILE);
        }
    }
}
#endif
