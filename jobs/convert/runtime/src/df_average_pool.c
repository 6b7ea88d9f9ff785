/* Average pooling without padding: the sum of each window's levels, per channel, and thresholds that divide it. */
#include "df_level.h"

void df_average_pool(const df_window *layer, const uint8_t *input, uint8_t *output) {
    const int32_t channels = layer->input.channels;
    const int32_t row_bytes = layer->input.width * channels;
    for (int32_t y = 0; y < layer->output.height; y++) {
        for (int32_t x = 0; x < layer->output.width; x++, output += channels) {
            const uint8_t *corner = input + y * layer->stride * row_bytes + x * layer->stride * channels;
            for (int32_t c = 0; c < channels; c++) {
                int32_t sum = 0;
                for (int32_t dy = 0; dy < layer->kernel; dy++) {
                    for (int32_t dx = 0; dx < layer->kernel; dx++) sum += corner[dy * row_bytes + dx * channels + c];
                }
                output[c] = df_level(layer, c, sum);
            }
        }
    }
}
