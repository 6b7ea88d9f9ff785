/* Convolution of levels by weights of +1 and -1: picks the kernel, and the portable one, which defines the result. */
#include "df_conv_bits.h"
#include "df_level.h"

void df_conv_bits(const df_bits_layer *layer, const uint8_t *input, uint8_t *output, void *scratch,
                  df_kernel_set kernels) {
    (void)kernels;
    df_conv_bits_portable(layer, input, output, scratch);
}

/* Set bits of each byte, in place: Hacker's Delight, section 5-1, without its last step. */
static inline uint32_t count_bytes(uint32_t bits) {
    bits -= (bits >> 1) & 0x55555555u;
    bits = (bits & 0x33333333u) + ((bits >> 2) & 0x33333333u);
    return (bits + (bits >> 4)) & 0x0f0f0f0fu;
}

/* Four counts of at most 8 fit a byte 31 times. */
enum { STEPS_PER_FOLD = 31 };

/* Adds popcount(weights & activations) << bit to the sums of DF_PLANE_LANES channels. */
static void add_common_bits(const uint32_t *weights, const uint32_t *activations, int32_t length, int32_t bit,
                            uint32_t *restrict sums) {
    for (int32_t first = 0; first < length; first += STEPS_PER_FOLD) {
        const int32_t last = length - first < STEPS_PER_FOLD ? length : first + STEPS_PER_FOLD;
        uint32_t bytes[DF_PLANE_LANES] = {0};
        for (int32_t i = first; i < last; i++) {
            for (int32_t lane = 0; lane < DF_PLANE_LANES; lane++) {
                bytes[lane] += count_bytes(weights[i * DF_PLANE_LANES + lane] & activations[i]);
            }
        }
        for (int32_t lane = 0; lane < DF_PLANE_LANES; lane++) {
            const uint32_t pairs = (bytes[lane] & 0x00ff00ffu) + ((bytes[lane] >> 8) & 0x00ff00ffu);
            sums[lane] += ((pairs + (pairs >> 16)) & 0xffffu) << bit;
        }
    }
}

/* With P the taps of weight +1: sum(P) - sum(not P) = 2 sum(P) - sum(all), and sum(P) is a sum over bit planes. */
void df_conv_bits_portable(const df_bits_layer *layer, const uint8_t *input, uint8_t *output, void *scratch) {
    const df_window *window = &layer->window;
    const df_packed_image image = df_pack_planes(layer, input, scratch);
    const uint32_t *planes = image.data;
    const int32_t channels = window->output.channels;
    const int32_t row_words = window->kernel * layer->words;
    for (int32_t y = 0; y < window->output.height; y++) {
        for (int32_t x = 0; x < window->output.width; x++, output += channels) {
            const int32_t corner = (y * image.row_pixels + x) * window->stride;
            const int32_t total = df_window_sum(&image, corner, window->kernel);
            const uint32_t *weights = layer->planes;
            for (int32_t first = 0; first < channels; first += DF_PLANE_LANES) {
                uint32_t sums[DF_PLANE_LANES] = {0};
                for (int32_t dy = 0; dy < window->kernel; dy++, weights += row_words * DF_PLANE_LANES) {
                    for (int32_t bit = 0; bit < layer->input_bits; bit++) {
                        const int32_t pixel = bit * image.pixels + corner + dy * image.row_pixels;
                        add_common_bits(weights, planes + pixel * layer->words, row_words, bit, sums);
                    }
                }
                for (int32_t c = first; c < channels && c < first + DF_PLANE_LANES; c++) {
                    output[c] = df_level(window, c, 2 * (int32_t)sums[c - first] - total);
                }
            }
        }
    }
}
