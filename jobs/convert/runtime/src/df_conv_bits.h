/* What the kernels of the binary convolution share. */
#ifndef DF_CONV_BITS_H
#define DF_CONV_BITS_H

#include "df_operators.h"

/* The image with its border, packed for one kernel. Lives in the layer's scratch memory. */
typedef struct df_packed_image {
    /* Pixels in a row and in the whole image, border included. */
    int32_t row_pixels;
    int32_t pixels;
    /* Sum of the levels of each pixel. */
    int32_t *sums;
    /* What follows the sums, aligned to 64 bytes: bit planes or table indices. */
    void *data;
} df_packed_image;

/* Lays the image out in the scratch memory; the caller fills it. */
static inline df_packed_image df_plan_packed_image(const df_window *window, void *scratch) {
    const int32_t row_pixels = window->input.width + 2 * window->padding;
    const int32_t pixels = row_pixels * (window->input.height + 2 * window->padding);
    const int32_t sums_bytes = (pixels * (int32_t)sizeof(int32_t) + 63) & ~63;
    return (df_packed_image){row_pixels, pixels, scratch, (uint8_t *)scratch + sums_bytes};
}

/* Sum of all levels in the window whose top left corner is the given pixel. */
static inline int32_t df_window_sum(const df_packed_image *image, int32_t corner, int32_t kernel) {
    int32_t sum = 0;
    for (int32_t dy = 0; dy < kernel; dy++) {
        for (int32_t dx = 0; dx < kernel; dx++) sum += image->sums[corner + dy * image->row_pixels + dx];
    }
    return sum;
}

/* Packs levels into bit planes: word w of plane p of a pixel is ((uint32_t *)data)[(p * pixels + pixel) * words + w].
 */
df_packed_image df_pack_planes(const df_bits_layer *layer, const uint8_t *input, void *scratch);

/* Each computes the same levels; df_conv_bits picks one. */
void df_conv_bits_portable(const df_bits_layer *layer, const uint8_t *input, uint8_t *output, void *scratch);

#endif
