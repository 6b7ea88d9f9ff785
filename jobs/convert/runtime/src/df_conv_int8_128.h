/* The int8 convolution on 128-bit machines: what it reads. */
#ifndef DF_CONV_INT8_128_H
#define DF_CONV_INT8_128_H

#include "df_levels_128.h"

typedef struct df_int8_layer_128 {
    /* Levels, or pixels less their zero point, border included; readable for one more value after the last. */
    const int16_t *image;
    int32_t image_columns;
    int32_t channels;
    int32_t kernel;
    int32_t stride;
    int32_t output_height;
    int32_t output_width;
    int32_t threshold_count;
    /* [block of 16 channels][row of taps][pair of taps][channel][2], padded with 0. */
    const int16_t *weights;
    /* [block of 16 channels][threshold][channel]; channels after the last have the largest int32. */
    const int32_t *thresholds;
    df_level_target target;
} df_int8_layer_128;

void df_conv_int8_128(const df_int8_layer_128 *layer);

#endif
