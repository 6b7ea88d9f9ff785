/* The binary convolution on bit planes for NEON: one instruction counts the bits of 16 bytes, 4 output channels at
 * once. */
#if defined(__ARM_NEON)
#include <arm_neon.h>

#include "df_conv_bits.h"
#include "df_level.h"

/* A count of 8 fits a byte 31 times. */
enum { STEPS_PER_FOLD = 31, TILE_PIXELS = 4 };

static inline uint32x4_t fold(uint8x16_t bytes) {
    return vpaddlq_u16(vpaddlq_u8(bytes));
}

/*
 * Adds popcount(weights & activations) << bit to the sums of 4 channels of each of `pixels` windows; a constant where
 * this is inlined. The windows' rows start pixel_words words apart.
 */
static inline __attribute__((always_inline)) void add_common_bits(const uint32_t *weights, const uint32_t *activations,
                                                                  int32_t pixel_words, int32_t length, int32_t bit,
                                                                  uint32x4_t *sums, const int32_t pixels) {
    const int32x4_t shift = vdupq_n_s32(bit);
    for (int32_t first = 0; first < length; first += STEPS_PER_FOLD) {
        const int32_t last = length - first < STEPS_PER_FOLD ? length : first + STEPS_PER_FOLD;
        uint8x16_t bytes[TILE_PIXELS];
        for (int32_t p = 0; p < pixels; p++) bytes[p] = vdupq_n_u8(0);
        for (int32_t i = first; i < last; i++) {
            const uint32x4_t weight = vld1q_u32(weights + i * DF_PLANE_LANES);
            for (int32_t p = 0; p < pixels; p++) {
                const uint32x4_t common = vandq_u32(weight, vld1q_dup_u32(activations + p * pixel_words + i));
                bytes[p] = vaddq_u8(bytes[p], vcntq_u8(vreinterpretq_u8_u32(common)));
            }
        }
        for (int32_t p = 0; p < pixels; p++) sums[p] = vaddq_u32(sums[p], vshlq_u32(fold(bytes[p]), shift));
    }
}

/* `pixels` neighbouring output pixels, all channels. corner: index of the first window's top left pixel. */
static inline __attribute__((always_inline)) void compute_tile(const df_bits_layer *layer, const df_packed_image *image,
                                                               int32_t corner, uint8_t *output, const int32_t pixels) {
    const df_window *window = &layer->window;
    const int32_t channels = window->output.channels;
    const int32_t row_words = window->kernel * layer->words, pixel_words = window->stride * layer->words;
    const uint32_t *weights = layer->planes;
    int32_t totals[TILE_PIXELS];
    for (int32_t p = 0; p < pixels; p++) totals[p] = df_window_sum(image, corner + p * window->stride, window->kernel);
    for (int32_t first = 0; first < channels; first += DF_PLANE_LANES) {
        uint32x4_t sums[TILE_PIXELS];
        for (int32_t p = 0; p < pixels; p++) sums[p] = vdupq_n_u32(0);
        for (int32_t dy = 0; dy < window->kernel; dy++, weights += row_words * DF_PLANE_LANES) {
            for (int32_t bit = 0; bit < layer->input_bits; bit++) {
                const int32_t pixel = bit * image->pixels + corner + dy * image->row_pixels;
                const uint32_t *row = (const uint32_t *)image->data + pixel * layer->words;
                add_common_bits(weights, row, pixel_words, row_words, bit, sums, pixels);
            }
        }
        for (int32_t p = 0; p < pixels; p++) {
            uint32_t positive[DF_PLANE_LANES];
            vst1q_u32(positive, sums[p]);
            for (int32_t c = first; c < channels && c < first + DF_PLANE_LANES; c++) {
                output[p * channels + c] = df_level(window, c, 2 * (int32_t)positive[c - first] - totals[p]);
            }
        }
    }
}

void df_conv_bits_neon(const df_bits_layer *layer, const uint8_t *input, uint8_t *output, void *scratch) {
    const df_window *window = &layer->window;
    const df_packed_image image = df_pack_planes(layer, input, scratch);
    const int32_t width = window->output.width, channels = window->output.channels;
    for (int32_t y = 0; y < window->output.height; y++, output += width * channels) {
        const int32_t corner = y * window->stride * image.row_pixels;
        if (width < TILE_PIXELS) {
            for (int32_t x = 0; x < width; x++) {
                compute_tile(layer, &image, corner + x * window->stride, output + x * channels, 1);
            }
            continue;
        }
        for (int32_t x = 0; x < width; x += TILE_PIXELS) {
            /* The last tile of an odd width starts earlier and computes some pixels twice. */
            const int32_t left = x <= width - TILE_PIXELS ? x : width - TILE_PIXELS;
            compute_tile(layer, &image, corner + left * window->stride, output + left * channels, TILE_PIXELS);
        }
    }
}
#endif
