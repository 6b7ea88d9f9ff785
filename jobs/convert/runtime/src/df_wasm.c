/* The WebAssembly module's exports. Its caller plans the memory and writes the descriptions into it. */
#if defined(__wasm_simd128__)
#include "df_conv_bits_lut4_128.h"
#include "df_conv_int8_128.h"
#include "df_operators.h"

#define EXPORT(name) __attribute__((export_name(#name)))

/* How many times 16 channels wide the tiles of the weights are. */
EXPORT(lut4_vectors) int32_t df_wasm_lut4_vectors(void) {
    return DF_LUT4_VECTORS;
}

EXPORT(conv_bits) void df_wasm_conv_bits(const df_lut4_layer *layer) {
    df_conv_bits_lut4_128(layer);
}

EXPORT(conv_int8) void df_wasm_conv_int8(const df_int8_layer_128 *layer) {
    df_conv_int8_128(layer);
}

/* Rows of bytes, less the zero point, into rows of int16 that are row_values apart. */
EXPORT(widen) void df_wasm_widen(const uint8_t *bytes, int32_t rows, int32_t row_bytes, int32_t zero_point,
                                 int16_t *values, int32_t row_values) {
    for (int32_t row = 0; row < rows; row++, bytes += row_bytes, values += row_values) {
        for (int32_t i = 0; i < row_bytes; i++) values[i] = (int16_t)(bytes[i] - zero_point);
    }
}

/* Levels, one byte each, NHWC, to where and in the form in which the next layer reads them. */
EXPORT(place) void df_wasm_place(const uint8_t *levels, int32_t height, int32_t width, const df_level_target *target) {
    for (int32_t y = 0; y < height; y++) {
        for (int32_t x = 0; x < width; x++, levels += target->channels) {
            uint8_t *pixel = df_target_pixel(target, y, x);
            for (int32_t first = 0; first < target->channels; first += DF_LANES_128) {
                const int32_t left = target->channels - first;
                uint8_t tail[DF_LANES_128] = {0};
                if (left < DF_LANES_128)
                    df_store_some(tail, levels + first, left);
                df_store_levels(target, pixel, first, df_load_u8(left < DF_LANES_128 ? tail : levels + first));
            }
        }
    }
}

EXPORT(max_pool) void df_wasm_max_pool(const uint8_t *input, int32_t height, int32_t width, int32_t channels,
                                       int32_t kernel, int32_t stride, uint8_t *output, int32_t output_height,
                                       int32_t output_width) {
    const df_max_pool_layer layer = {
        .input = {height, width, channels},
        .output = {output_height, output_width, channels},
        .kernel = kernel,
        .stride = stride,
    };
    df_max_pool(&layer, input, output);
}

EXPORT(average_pool) void df_wasm_average_pool(const uint8_t *input, int32_t height, int32_t width, int32_t channels,
                                               int32_t kernel, int32_t stride, uint8_t *output, int32_t output_height,
                                               int32_t output_width, const int32_t *thresholds,
                                               int32_t threshold_count) {
    const df_window layer = {
        .input = {height, width, channels},
        .output = {output_height, output_width, channels},
        .kernel = kernel,
        .stride = stride,
        .threshold_count = threshold_count,
        .thresholds = thresholds,
    };
    df_average_pool(&layer, input, output);
}

EXPORT(head) void df_wasm_head(const uint8_t *input, int32_t pixels, int32_t channels, const int8_t *weights,
                               const int32_t *bias, int32_t classes, int32_t *sums, int32_t *logits) {
    const df_head_layer layer = {
        .input = {1, pixels, channels},
        .classes = classes,
        .weights = weights,
        .bias = bias,
    };
    df_head(&layer, input, logits, sums);
}
#endif
