/* Space to depth: output channel (dy * block + dx) * C + c of a pixel is channel c of input pixel (dy, dx) of its
 * block. */
#include "df_operators.h"

void df_space_to_depth(const df_space_to_depth_layer *layer, const uint8_t *input, uint8_t *output) {
    const int32_t block = layer->block;
    const int32_t channels = layer->input.channels;
    const int32_t output_row = layer->input.width * channels * block;
    for (int32_t top = 0; top < layer->input.height; top += block) {
        for (int32_t dy = 0; dy < block; dy++) {
            uint8_t *target = output + dy * block * channels;
            for (int32_t left = 0; left < layer->input.width; left += block) {
                /* The pixels of one row of a block lie side by side in the input and in the output. */
                for (int32_t i = 0; i < block * channels; i++) target[i] = input[i];
                input += block * channels;
                target += block * block * channels;
            }
        }
        output += output_row;
    }
}
