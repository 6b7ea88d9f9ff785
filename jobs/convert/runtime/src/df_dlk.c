/*
 * Blueoil's C interface, by which its Python and C++ programs load a converted network: float32 NHWC in, batch 1,
 * float32 probabilities out, [1, classes]. One network, whose memory is the library's own; runs wait for each other.
 * https://github.com/blue-oil/blueoil/blob/master/docs/converter/shared_library.md
 */
#include "df_dlk.h"

struct Network {
    /* 1 while a run uses the network's memory. */
    int32_t busy;
};

static Network the_network;

static int32_t last_error = DF_OK;

enum { INPUT_RANK = 4, OUTPUT_RANK = 2 };

/* The inverse of Blueoil's DivideBy255. What is no number, or outside of 0 to 1, is taken for the nearer end. */
static uint8_t to_pixel(float value) {
    const float rounded = value * 255.0f + 0.5f;
    if (!(rounded >= 1.0f))
        return 0;
    return rounded >= 255.0f ? 255 : (uint8_t)rounded;
}

Network *network_create(void) {
    return &the_network;
}

bool network_init(Network *network) {
    last_error = network == &the_network ? df_generated_prepare() : DF_ERROR_ARGUMENT;
    return last_error == DF_OK;
}

int32_t df_last_error(void) {
    return last_error;
}

/* Nothing to give back; null is allowed. */
void network_delete(Network *network) {
    (void)network;
}

int network_get_input_rank(const Network *network) {
    return network == &the_network ? INPUT_RANK : 0;
}

int network_get_output_rank(const Network *network) {
    return network == &the_network ? OUTPUT_RANK : 0;
}

void network_get_input_shape(const Network *network, int32_t *shape) {
    if (network != &the_network || shape == 0)
        return;
    shape[0] = 1;
    shape[1] = (int32_t)df_generated_info.height;
    shape[2] = (int32_t)df_generated_info.width;
    shape[3] = (int32_t)df_generated_info.channels;
}

void network_get_output_shape(const Network *network, int32_t *shape) {
    if (network != &the_network || shape == 0)
        return;
    shape[0] = 1;
    shape[1] = (int32_t)df_generated_info.classes;
}

void network_run(Network *network, const void *input, void *output) {
    if (network != &the_network || input == 0 || output == 0)
        return;
    /* A run lasts milliseconds at most, and there is no system to wait with. */
    while (__atomic_exchange_n(&network->busy, 1, __ATOMIC_ACQUIRE) != 0) {
    }
    const float *values = (const float *)input;
    const uint32_t count = df_generated_info.height * df_generated_info.width * df_generated_info.channels;
    for (uint32_t i = 0; i < count; i++) df_generated_pixels[i] = to_pixel(values[i]);
    last_error = df_run(df_generated_pixels, df_generated_logits, 0, 0);
    if (last_error == DF_OK)
        df_softmax(df_generated_logits, (float *)output);
    __atomic_store_n(&network->busy, 0, __ATOMIC_RELEASE);
}
