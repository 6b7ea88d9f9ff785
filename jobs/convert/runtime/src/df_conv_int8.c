/* Convolution by int8 weights: the first layer, and any layer that is not binary. */
#include "df_level.h"
#include "df_operators.h"

/*
 * Adds one tap of DF_INT8_LANES channels. The sums of the channels lie side by side: compilers turn the inner loop into
 * vectors.
 */
static inline __attribute__((always_inline)) void add_tap(int32_t value, const int8_t *tap, int32_t *restrict sums) {
    for (int32_t lane = 0; lane < DF_INT8_LANES; lane++) sums[lane] += value * tap[lane];
}

/* Adds the taps of one window to the sums. Taps outside of the image read the padding level, and 0 needs no visit. */
static inline __attribute__((always_inline)) void add_window(const df_int8_layer *layer, const uint8_t *input,
                                                             int32_t top, int32_t left, const int8_t *weights,
                                                             int32_t *restrict sums) {
    const df_shape *shape = &layer->window.input;
    const int32_t padding_level = layer->window.padding_level;
    for (int32_t dy = 0; dy < layer->window.kernel; dy++) {
        for (int32_t dx = 0; dx < layer->window.kernel; dx++, weights += shape->channels * DF_INT8_LANES) {
            const int32_t row = top + dy, column = left + dx;
            const int8_t *tap = weights;
            if (row >= 0 && row < shape->height && column >= 0 && column < shape->width) {
                const uint8_t *pixel = input + (row * shape->width + column) * shape->channels;
                for (int32_t c = 0; c < shape->channels; c++, tap += DF_INT8_LANES) {
                    add_tap(pixel[c] - layer->zero_point, tap, sums);
                }
            } else if (padding_level != 0) {
                for (int32_t c = 0; c < shape->channels; c++, tap += DF_INT8_LANES) add_tap(padding_level, tap, sums);
            }
        }
    }
}

void df_conv_int8(const df_int8_layer *layer, const uint8_t *input,
                                                           uint8_t *output) {
    const df_window *window = &layer->window;
    const int32_t channels = window->output.channels;
    const int32_t block_taps = window->kernel * window->kernel * window->input.channels * DF_INT8_LANES;
    for (int32_t y = 0; y < window->output.height; y++) {
        for (int32_t x = 0; x < window->output.width; x++, output += channels) {
            const int32_t top = y * window->stride - window->padding;
            const int32_t left = x * window->stride - window->padding;
            const int8_t *weights = layer->weights;
            for (int32_t first = 0; first < channels; first += DF_INT8_LANES, weights += block_taps) {
                /* A loop, since an initialiser of this size may become a call of memset. */
                int32_t sums[DF_INT8_LANES];
                for (int32_t lane = 0; lane < DF_INT8_LANES; lane++) sums[lane] = 0;
                add_window(layer, input, top, left, weights, sums);
                for (int32_t c = first; c < channels && c < first + DF_INT8_LANES; c++) {
                    output[c] = df_level(window, c, sums[c - first]);
                }
            }
        }
    }
}
