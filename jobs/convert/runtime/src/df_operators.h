/*
 * The operators of the integer model. All activations are levels, NHWC, one byte each; a converted network is a list of
 * calls to these functions with constant descriptions. No operator allocates, and none needs a C library.
 */
#ifndef DF_OPERATORS_H
#define DF_OPERATORS_H

#include <stdint.h>

#include "dropforge.h"

typedef struct df_shape {
    int32_t height;
    int32_t width;
    int32_t channels;
} df_shape;

/* Where a layer with windows reads and writes, and its activation: level = number of thresholds that the sum reaches. */
typedef struct df_window {
    df_shape input;
    df_shape output;
    int32_t kernel;
    int32_t stride;
    int32_t padding;
    /* The level that taps outside of the image read. 0 where the input is pixels. */
    int32_t padding_level;
    /* Per channel, 1 to 255. */
    int32_t threshold_count;
    /* [channel][threshold_count], non-decreasing within a channel. */
    const int32_t *thresholds;
} df_window;

/* Output channels that the int8 convolution computes together; its weights are padded to a multiple of it. */
#define DF_INT8_LANES 16

typedef struct df_int8_layer {
    df_window window;
    /* Subtracted from every input byte: 128 for pixels, 0 for levels. Padding of pixels contributes 0 after the subtraction. */
    int32_t zero_point;
    /* [block of DF_INT8_LANES channels][tap][channel in block], padded with 0. */
    const int8_t *weights;
} df_int8_layer;

/* Output channels that the bit-plane kernels compute together. */
#define DF_PLANE_LANES 4

typedef struct df_bits_layer {
    df_window window;
    /* Bits per input level, 1 to 4. */
    int32_t input_bits;
    /* ceil(input channels / 32): words per tap and plane. */
    int32_t words;
    /* [block of DF_PLANE_LANES channels][tap][word][channel in block]; bit 1 = +1; padded with 0. */
    const uint32_t *planes;
} df_bits_layer;

typedef struct df_space_to_depth_layer {
    df_shape input;
    int32_t block;
} df_space_to_depth_layer;

typedef struct df_max_pool_layer {
    df_shape input;
    df_shape output;
    int32_t kernel;
    int32_t stride;
} df_max_pool_layer;

typedef struct df_head_layer {
    df_shape input;
    int32_t classes;
    /* [class][channel]. */
    const int8_t *weights;
    const int32_t *bias;
} df_head_layer;

typedef enum df_kernel_set { DF_PORTABLE, DF_AVX2, DF_AVX512BW, DF_AVX512VBMI, DF_AVX512, DF_NEON, DF_ENGINE, DF_KERNEL_SETS } df_kernel_set;

/* scratch: what the conversion planned for the layer, aligned to 64 bytes. */
void df_conv_int8(const df_int8_layer *layer, const uint8_t *input, uint8_t *output);
void df_conv_bits(const df_bits_layer *layer, const uint8_t *input, uint8_t *output, void *scratch,
                  df_kernel_set kernels);
void df_space_to_depth(const df_space_to_depth_layer *layer, const uint8_t *input, uint8_t *output);
void df_max_pool(const df_max_pool_layer *layer, const uint8_t *input, uint8_t *output);
/* The sum of each window's levels per channel, then thresholds. No padding. */
void df_average_pool(const df_window *layer, const uint8_t *input, uint8_t *output);
/* scratch: one int32 per input channel. */
void df_head(const df_head_layer *layer, const uint8_t *input, int32_t *logits, void *scratch);

/* logits and probabilities: one per class. */
void df_softmax(const int32_t *logits, float *probabilities);

/* One execution, handed to the generated list of layers. */
typedef struct df_execution {
    const uint8_t *pixels;
    int32_t *logits;
    uint8_t *arena;
    df_kernel_set kernels;
    df_observer observer;
    void *context;
} df_execution;

/* Generated for each network. */
extern const df_info df_generated_info;
extern uint8_t df_generated_arena[];
/* Returns DF_OK, or why the network's machine could not run it; then the logits are untouched. */
int32_t df_generated_run(const df_execution *execution);
/* Whether a run could begin; a network on an engine is loaded by it. */
int32_t df_generated_prepare(void);

#endif
