/* The int8 convolution: pairs of taps are multiplied and added at once, for 16 output channels of two pixels. */
#if defined(__wasm_simd128__) || defined(__ARM_NEON)
#include "df_conv_int8_128.h"

enum { TILE_PIXELS = 2, VECTORS = 4 };

/* Levels of 16 channels from their accumulators. */
DF_INLINE df_u8x16 levels_of(const df_int8_layer_128 *layer, int32_t block, const df_i32x4 *sums) {
    const int32_t *thresholds = layer->thresholds + block * layer->threshold_count * DF_LANES_128;
    df_i32x4 levels[VECTORS] = {{0}};
    for (int32_t k = 0; k < layer->threshold_count; k++, thresholds += DF_LANES_128) {
        DF_UNROLL
        for (int32_t v = 0; v < VECTORS; v++) {
            /* A comparison that holds is -1. */
            levels[v] -= sums[v] >= (df_i32x4)df_load_u8(thresholds + 4 * v);
        }
    }
    return __builtin_shufflevector(
        __builtin_shufflevector((df_u8x16)levels[0], (df_u8x16)levels[1], 0, 4, 8, 12, 16, 20, 24, 28, 0, 0, 0, 0, 0, 0, 0, 0),
        __builtin_shufflevector((df_u8x16)levels[2], (df_u8x16)levels[3], 0, 4, 8, 12, 16, 20, 24, 28, 0, 0, 0, 0, 0, 0, 0, 0),
        0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

DF_INLINE void compute_tile(const df_int8_layer_128 *layer, int32_t y, int32_t x, int32_t block, const int32_t pixels) {
    const int32_t row_taps = layer->kernel * layer->channels;
    const int32_t pixel_step = layer->stride * layer->channels;
    const int32_t row_values = layer->image_columns * layer->channels;
    const int32_t pairs = (row_taps + 1) / 2;
    const int16_t *weights = layer->weights + (int64_t)block * layer->kernel * pairs * 2 * DF_LANES_128;
    const int16_t *row = layer->image + y * layer->stride * row_values + x * pixel_step;
    df_i32x4 sums[TILE_PIXELS][VECTORS] = {{{0}}};
    for (int32_t dy = 0; dy < layer->kernel; dy++, row += row_values) {
        for (int32_t pair = 0; pair < pairs; pair++, weights += 2 * DF_LANES_128) {
            DF_UNROLL
            for (int32_t p = 0; p < pixels; p++) {
                int32_t values;
                __builtin_memcpy(&values, row + p * pixel_step + 2 * pair, sizeof values);
                DF_UNROLL
                for (int32_t v = 0; v < VECTORS; v++) {
                    sums[p][v] += df_dot_pairs((df_i16x8)df_splat_i32(values), (df_i16x8)df_load_u8(weights + 8 * v));
                }
            }
        }
    }
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++) {
        uint8_t *pixel = df_target_pixel(&layer->target, y, x + p);
        df_store_levels(&layer->target, pixel, block * DF_LANES_128, levels_of(layer, block, sums[p]));
    }
}

void df_conv_int8_128(const df_int8_layer_128 *layer) {
    const int32_t blocks = (layer->target.channels + DF_LANES_128 - 1) / DF_LANES_128;
    for (int32_t block = 0; block < blocks; block++) {
        for (int32_t y = 0; y < layer->output_height; y++) {
            int32_t x = 0;
            for (; x + TILE_PIXELS <= layer->output_width; x += TILE_PIXELS) {
                compute_tile(layer, y, x, block, TILE_PIXELS);
            }
            for (; x < layer->output_width; x++) compute_tile(layer, y, x, block, 1);
        }
    }
}
#endif
