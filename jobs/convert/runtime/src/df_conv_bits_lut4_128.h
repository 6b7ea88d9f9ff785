/* The binary convolution by table lookup on 128-bit machines: what it reads. */
#ifndef DF_CONV_BITS_LUT4_128_H
#define DF_CONV_BITS_LUT4_128_H

#include "df_levels_128.h"

/* Registers of 16 channels that are computed together: wider saves loads of levels, narrower loads of weights. */
#if defined(__wasm__)
#define DF_LUT4_VECTORS 4
#else
#define DF_LUT4_VECTORS 2
#endif

typedef struct df_lut4_layer {
    /* Digits of the input, border included. */
    const uint8_t *image;
    int32_t image_rows;
    int32_t image_columns;
    /* ceil(channels / 4). */
    int32_t pixel_bytes;
    /* 1 for levels of at most 2 bits, 2 for more; plane_bytes apart. */
    int32_t planes;
    int32_t plane_bytes;
    int32_t kernel;
    int32_t stride;
    int32_t output_height;
    int32_t output_width;
    int32_t threshold_count;
    /*
     * [tile of DF_LUT4_VECTORS * 16 channels][tap position][group of 4 input channels][channel in tile]; bit i = input
     * channel i, 1 = +1. The last tile is as many times 16 channels wide as are left; channels after the last have 0.
     */
    const uint8_t *weights;
    /* [block of 16 channels][threshold][8 even channels, 8 odd channels], each threshold - 1, for a signed "greater
     * than"; channels after the last never reach theirs. Null where sums do not fit int16. */
    const int16_t *narrow_thresholds;
    /* [block of 16 channels][threshold][channel], in any case. */
    const int32_t *thresholds;
    /* Scratch memory: one per pixel of the image. */
    int32_t *sums;
    df_level_target target;
} df_lut4_layer;

void df_conv_bits_lut4_128(const df_lut4_layer *layer);

#endif
