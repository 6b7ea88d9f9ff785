/*
 * Convolution of bytes by int8 weights for WebAssembly. Both are widened to 16 bits, whose products are
 * added in pairs, exactly.
 */
#if defined(__wasm_simd128__)
#include "df_packed_conv.h"
#include "df_store_128.h"

/* Each register has two channels with two partial sums each. */
enum { STEP_BYTES = 4, REGISTERS = DF_WORD_LANES / 2 };

/* Levels of 16 channels, one byte each: all thresholds, less those above the sum. */
DF_INLINE df_u8x16 levels_of(const df_i32x4 *partial, const int32_t *thresholds, int32_t count) {
    df_i32x4 sums[4], levels[4];
    DF_UNROLL
    for (int32_t v = 0; v < 4; v++) {
        sums[v] = __builtin_shufflevector(partial[2 * v], partial[2 * v + 1], 0, 2, 4, 6) +
                  __builtin_shufflevector(partial[2 * v], partial[2 * v + 1], 1, 3, 5, 7);
        levels[v] = df_splat_i32(count);
    }
    for (int32_t k = 0; k < count; k++, thresholds += DF_WORD_LANES) {
        DF_UNROLL
        for (int32_t v = 0; v < 4; v++) levels[v] += (df_i32x4)df_load_u8(thresholds + 4 * v) > sums[v];
    }
    const df_u16x8 low = __builtin_shufflevector((df_u16x8)levels[0], (df_u16x8)levels[1], 0, 2, 4, 6, 8, 10, 12, 14);
    const df_u16x8 high = __builtin_shufflevector((df_u16x8)levels[2], (df_u16x8)levels[3], 0, 2, 4, 6, 8, 10, 12, 14);
    return __builtin_shufflevector((df_u8x16)low, (df_u8x16)high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28,
                                   30);
}

/* One pixel, 16 channels. */
DF_INLINE void compute_pixel(const df_packed_conv *layer, const uint8_t *input, uint8_t *output, int32_t y, int32_t x,
                             int32_t block) {
    const uint8_t *row =
        input + (int64_t)y * layer->stride * layer->input.row_bytes + x * layer->stride * layer->input.pixel_bytes;
    const int8_t *weights =
        (const int8_t *)layer->weights + (int64_t)block * layer->kernel * layer->steps * DF_WORD_LANES * STEP_BYTES;
    df_i32x4 partial[REGISTERS];
    DF_UNROLL
    for (int32_t r = 0; r < REGISTERS; r++) partial[r] = df_splat_i32(0);
    for (int32_t dy = 0; dy < layer->kernel; dy++, row += layer->input.row_bytes) {
        for (int32_t step = 0; step < layer->steps; step++, weights += DF_WORD_LANES * STEP_BYTES) {
            const df_i16x8 four = df_load_four_twice(row + step * STEP_BYTES);
            DF_UNROLL
            for (int32_t r = 0; r < REGISTERS; r++) {
                partial[r] += df_dot_pairs(four, df_load_widened(weights + 2 * STEP_BYTES * r));
            }
        }
    }
    const int32_t *thresholds =
        (const int32_t *)layer->thresholds + (int64_t)block * layer->threshold_count * DF_WORD_LANES;
    const df_u8x16 levels = levels_of(partial, thresholds, layer->threshold_count);
    df_store_16(&layer->output, output + df_offset(&layer->output, y, x), block * DF_WORD_LANES, levels);
}

void df_conv_bytes_wasm(const df_packed_conv *layer, const uint8_t *input, uint8_t *output) {
    const df_shape shape = layer->output.shape;
    for (int32_t first = 0, block = 0; first < shape.channels; first += DF_WORD_LANES, block++) {
        for (int32_t y = 0; y < shape.height; y++) {
            for (int32_t x = 0; x < shape.width; x++) compute_pixel(layer, input, output, y, x, block);
        }
    }
}
#endif
