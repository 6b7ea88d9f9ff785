/* Packs an image of levels into bit planes with a border of the padding level, and adds up each pixel's levels. */
#include "df_conv_bits.h"

/* Bit `bit` of four bytes, side by side: the multiplication moves byte i's bit to bit 24 + i. */
static inline uint32_t gather_bits(uint32_t four_levels, int32_t bit) {
    return (((four_levels >> bit) & 0x01010101u) * 0x01020408u) >> 24 & 15u;
}

/* Levels first .. first + 3 of a pixel, 0 after its last channel. Little-endian, as all targets are. */
static inline uint32_t load_levels(const uint8_t *pixel, int32_t first, int32_t channels) {
    uint32_t levels = 0;
    if (first + 4 <= channels) {
        __builtin_memcpy(&levels, pixel + first, sizeof levels);
        return levels;
    }
    for (int32_t c = first; c < channels; c++) levels |= (uint32_t)pixel[c] << (8 * (c - first));
    return levels;
}

/* planes: the pixel's words of plane 0; the next plane is plane_words further. Returns the sum of the levels. */
static int32_t pack_pixel(const df_bits_layer *layer, const uint8_t *pixel, uint32_t *planes, int32_t plane_words) {
    const int32_t channels = layer->window.input.channels;
    uint32_t sum = 0;
    for (int32_t word = 0; word < layer->words; word++) {
        uint32_t bits[4] = {0};
        for (int32_t group = 0; group < 8 && word * 32 + group * 4 < channels; group++) {
            const uint32_t levels = load_levels(pixel, word * 32 + group * 4, channels);
            for (int32_t bit = 0; bit < layer->input_bits; bit++) bits[bit] |= gather_bits(levels, bit) << (group * 4);
            sum += (levels * 0x01010101u) >> 24;
        }
        for (int32_t bit = 0; bit < layer->input_bits; bit++) planes[bit * plane_words + word] = bits[bit];
    }
    return (int32_t)sum;
}

/* A pixel of the border. The bits after the last channel meet weight bits of 0. Returns the sum of the levels. */
static int32_t fill_pixel(const df_bits_layer *layer, uint32_t *planes, int32_t plane_words) {
    const uint32_t level = (uint32_t)layer->window.padding_level;
    for (int32_t bit = 0; bit < layer->input_bits; bit++) {
        const uint32_t bits = 0u - (level >> bit & 1u);
        for (int32_t word = 0; word < layer->words; word++) planes[bit * plane_words + word] = bits;
    }
    return (int32_t)level * layer->window.input.channels;
}

df_packed_image df_pack_planes(const df_bits_layer *layer, const uint8_t *input, void *scratch) {
    const df_window *window = &layer->window;
    const df_packed_image image = df_plan_packed_image(window, scratch);
    const int32_t plane_words = image.pixels * layer->words;
    uint32_t *planes = image.data;
    int32_t *sums = image.sums;
    for (int32_t row = -window->padding; row < window->input.height + window->padding; row++) {
        for (int32_t column = -window->padding; column < window->input.width + window->padding; column++) {
            if (row < 0 || row >= window->input.height || column < 0 || column >= window->input.width) {
                *sums++ = fill_pixel(layer, planes, plane_words);
            } else {
                *sums++ = pack_pixel(layer, input, planes, plane_words);
                input += window->input.channels;
            }
            planes += layer->words;
        }
    }
    return image;
}
