/* The WebAssembly module's exports. Its caller plans the memory and writes the descriptions into it. */
#if defined(__wasm_simd128__)
#include "df_packed_conv.h"

#define EXPORT(name) __attribute__((export_name(#name)))

EXPORT(pack) void df_wasm_pack(const df_layout *layout, const uint8_t *levels, uint8_t *image) {
    df_pack(layout, levels, image);
}

EXPORT(unpack) void df_wasm_unpack(const df_layout *layout, const uint8_t *image, uint8_t *levels) {
    df_unpack(layout, image, levels);
}

EXPORT(conv_groups) void df_wasm_conv_groups(const df_packed_conv *layer, const uint8_t *input, uint8_t *output) {
    df_conv_groups(layer, input, output, DF_NEON);
}

EXPORT(conv_bytes) void df_wasm_conv_bytes(const df_packed_conv *layer, const uint8_t *input, uint8_t *output) {
    df_conv_bytes(layer, input, output, DF_NEON);
}

EXPORT(space_to_depth)
void df_wasm_space_to_depth(const uint8_t *input, int32_t height, int32_t width, int32_t channels, int32_t block,
                            uint8_t *output) {
    const df_space_to_depth_layer layer = {.input = {height, width, channels}, .block = block};
    df_space_to_depth(&layer, input, output);
}

EXPORT(max_pool)
void df_wasm_max_pool(const uint8_t *input, int32_t height, int32_t width, int32_t channels, int32_t kernel,
                      int32_t stride, uint8_t *output, int32_t output_height, int32_t output_width) {
    const df_max_pool_layer layer = {
        .input = {height, width, channels},
        .output = {output_height, output_width, channels},
        .kernel = kernel,
        .stride = stride,
    };
    df_max_pool(&layer, input, output);
}

EXPORT(average_pool)
void df_wasm_average_pool(const uint8_t *input, int32_t height, int32_t width, int32_t channels, int32_t kernel,
                          int32_t stride, uint8_t *output, int32_t output_height, int32_t output_width,
                          const int32_t *thresholds, int32_t threshold_count) {
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

EXPORT(head)
void df_wasm_head(const uint8_t *input, int32_t pixels, int32_t channels, const int8_t *weights, const int32_t *bias,
                  int32_t classes, int32_t *sums, int32_t *logits) {
    const df_head_layer layer = {
        .input = {1, pixels, channels},
        .classes = classes,
        .weights = weights,
        .bias = bias,
    };
    df_head(&layer, input, logits, sums);
}
#endif
