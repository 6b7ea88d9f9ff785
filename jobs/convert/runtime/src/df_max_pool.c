/* Max pooling without padding: the largest level of each window, per channel. */
#include "df_operators.h"

void df_max_pool(const df_max_pool_layer *layer, const uint8_t *input, uint8_t *output) {
    const int32_t channels = layer->input.channels;
    const int32_t row_bytes = layer->input.width * channels;
    for (int32_t y = 0; y < layer->output.height; y++) {
        for (int32_t x = 0; x < layer->output.width; x++) {
            const uint8_t *corner = input + y * layer->stride * row_bytes + x * layer->stride * channels;
            for (int32_t c = 0; c < channels; c++) output[c] = 0;
            for (int32_t dy = 0; dy < layer->kernel; dy++) {
                for (int32_t dx = 0; dx < layer->kernel; dx++) {
                    const uint8_t *pixel = corner + dy * row_bytes + dx * channels;
                    for (int32_t c = 0; c < channels; c++) output[c] = pixel[c] > output[c] ? pixel[c] : output[c];
                }
            }
            output += channels;
        }
    }
}
