/* The classifier: sum of levels over the pixels, int8 weights, int32 bias. */
#include "df_operators.h"

void df_head(const df_head_layer *layer, const uint8_t *input, int32_t *logits, void *scratch) {
    const int32_t channels = layer->input.channels;
    const int32_t pixels = layer->input.height * layer->input.width;
    int32_t *sums = scratch;
    for (int32_t c = 0; c < channels; c++) sums[c] = 0;
    for (int32_t pixel = 0; pixel < pixels; pixel++, input += channels) {
        for (int32_t c = 0; c < channels; c++) sums[c] += input[c];
    }
    const int8_t *weights = layer->weights;
    for (int32_t k = 0; k < layer->classes; k++, weights += channels) {
        int32_t logit = layer->bias[k];
        for (int32_t c = 0; c < channels; c++) logit += weights[c] * sums[c];
        logits[k] = logit;
    }
}
