/*
 * The binary convolution on bit planes for NEON, written for 32-bit ARM, where a table lookup takes four instructions:
 * one instruction counts the bits of 16 bytes, for four output channels at once.
 */
#if defined(__ARM_NEON)
#include "df_packed_conv.h"
#include "df_store_128.h"

/* A count of 8 fits a byte 31 times. */
enum { TILE_PIXELS = 2, TILE_PLANES = 2, REGISTERS = 2, LANES = 4, STEPS_PER_FOLD = 31 };

/* Counts of one pixel: a register per plane and four channels. */
typedef struct counts {
    uint8x16_t at[TILE_PIXELS][TILE_PLANES][REGISTERS];
} counts;

DF_INLINE void clear(counts *bytes, const int32_t pixels, const int32_t planes) {
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++) {
        DF_UNROLL
        for (int32_t bit = 0; bit < planes; bit++) {
            DF_UNROLL
            for (int32_t r = 0; r < REGISTERS; r++) bytes->at[p][bit][r] = vdupq_n_u8(0);
        }
    }
}

/* Counts where weights and planes differ. words: of the first pixel; steps are word_step words apart. */
DF_INLINE void count(counts *bytes, const uint32_t *words, int32_t pixel_step, int32_t word_step,
                     const uint32_t *weights, int32_t steps, const int32_t pixels, const int32_t planes) {
    DF_ROLLED
    for (int32_t step = 0; step < steps; step++, weights += DF_WORD_LANES, words += word_step) {
        uint32x4_t weight[REGISTERS];
        DF_UNROLL
        for (int32_t r = 0; r < REGISTERS; r++) weight[r] = vld1q_u32(weights + r * LANES);
        DF_UNROLL
        for (int32_t p = 0; p < pixels; p++) {
            DF_UNROLL
            for (int32_t bit = 0; bit < planes; bit++) {
                const uint32x4_t plane = vld1q_dup_u32(words + p * pixel_step + bit);
                DF_UNROLL
                for (int32_t r = 0; r < REGISTERS; r++) {
                    const uint8x16_t differing = vreinterpretq_u8_u32(veorq_u32(weight[r], plane));
                    bytes->at[p][bit][r] = vaddq_u8(bytes->at[p][bit][r], vcntq_u8(differing));
                }
            }
        }
    }
}

/* Adds bytes to the sums of four channels, weighted by their plane, and clears them. */
DF_INLINE void fold(counts *bytes, uint32x4_t (*sums)[REGISTERS], int32_t first_plane, const int32_t pixels,
                    const int32_t planes) {
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++) {
        DF_UNROLL
        for (int32_t bit = 0; bit < planes; bit++) {
            DF_UNROLL
            for (int32_t r = 0; r < REGISTERS; r++) {
                const uint32x4_t four = vpaddlq_u16(vpaddlq_u8(bytes->at[p][bit][r]));
                sums[p][r] = vaddq_u32(sums[p][r], vshlq_u32(four, vdupq_n_s32(first_plane + bit)));
            }
        }
    }
    clear(bytes, pixels, planes);
}

/* Adds one or two planes of the window to the sums of `pixels` neighbouring pixels and eight channels. */
DF_INLINE void add_planes(const df_packed_conv *layer, const uint8_t *row, const uint32_t *weights, int32_t first_plane,
                          uint32x4_t (*sums)[REGISTERS], const int32_t pixels, const int32_t planes) {
    const int32_t word_step = layer->input.bits, pixel_step = layer->stride * layer->input.pixel_bytes / 4;
    counts bytes;
    clear(&bytes, pixels, planes);
    int32_t until_fold = STEPS_PER_FOLD;
    for (int32_t dy = 0; dy < layer->kernel; dy++, row += layer->input.row_bytes) {
        for (int32_t step = 0; step < layer->steps;) {
            const int32_t left = layer->steps - step, steps = left < until_fold ? left : until_fold;
            const uint32_t *words = (const uint32_t *)row + step * word_step + first_plane;
            count(&bytes, words, pixel_step, word_step, weights, steps, pixels, planes);
            weights += steps * DF_WORD_LANES;
            step += steps;
            until_fold -= steps;
            if (until_fold == 0) {
                fold(&bytes, sums, first_plane, pixels, planes);
                until_fold = STEPS_PER_FOLD;
            }
        }
    }
    fold(&bytes, sums, first_plane, pixels, planes);
}

/* Sums of eight channels, the first or the second half of a block. */
DF_INLINE void sum_half(const df_packed_conv *layer, const uint8_t *row, int32_t block, int32_t half,
                        uint32x4_t (*sums)[REGISTERS], const int32_t pixels) {
    const uint32_t *weights = (const uint32_t *)layer->weights +
                              (int64_t)block * layer->kernel * layer->steps * DF_WORD_LANES + half * REGISTERS * LANES;
    for (int32_t p = 0; p < pixels; p++) {
        for (int32_t r = 0; r < REGISTERS; r++) sums[p][r] = vdupq_n_u32(0);
    }
    int32_t plane = 0;
    for (; plane + TILE_PLANES <= layer->input.bits; plane += TILE_PLANES) {
        add_planes(layer, row, weights, plane, sums, pixels, TILE_PLANES);
    }
    if (plane < layer->input.bits)
        add_planes(layer, row, weights, plane, sums, pixels, 1);
}

/* Levels of eight channels: the number of thresholds that the sum does not exceed. */
DF_INLINE uint8x8_t levels_of(const uint32x4_t *sums, const int32_t *thresholds, int32_t count) {
    uint32x4_t levels[REGISTERS] = {vdupq_n_u32(0), vdupq_n_u32(0)};
    for (int32_t k = 0; k < count; k++, thresholds += DF_WORD_LANES) {
        for (int32_t r = 0; r < REGISTERS; r++) {
            const int32x4_t threshold = vld1q_s32(thresholds + r * LANES);
            /* A comparison that holds is -1. */
            levels[r] = vsubq_u32(levels[r], vcleq_s32(vreinterpretq_s32_u32(sums[r]), threshold));
        }
    }
    return vmovn_u16(vcombine_u16(vmovn_u32(levels[0]), vmovn_u32(levels[1])));
}

DF_INLINE void compute_tile(const df_packed_conv *layer, const uint8_t *input, uint8_t *output, int32_t y, int32_t x,
                            int32_t block, const int32_t pixels) {
    const uint8_t *row =
        input + (int64_t)y * layer->stride * layer->input.row_bytes + x * layer->stride * layer->input.pixel_bytes;
    const int32_t *thresholds =
        (const int32_t *)layer->thresholds + (int64_t)block * layer->threshold_count * DF_WORD_LANES;
    uint8x8_t levels[TILE_PIXELS][2];
    for (int32_t half = 0; half < 2; half++) {
        uint32x4_t sums[TILE_PIXELS][REGISTERS];
        sum_half(layer, row, block, half, sums, pixels);
        for (int32_t p = 0; p < pixels; p++) {
            levels[p][half] = levels_of(sums[p], thresholds + half * REGISTERS * LANES, layer->threshold_count);
        }
    }
    for (int32_t p = 0; p < pixels; p++) {
        uint8_t *segment = output + df_offset(&layer->output, y, x + p);
        const uint8x16_t both = vcombine_u8(levels[p][0], levels[p][1]);
        df_store_16(&layer->output, segment, block * DF_WORD_LANES, (df_u8x16)both);
    }
}

void df_conv_planes_neon(const df_packed_conv *layer, const uint8_t *input, uint8_t *output) {
    const df_shape shape = layer->output.shape;
    for (int32_t first = 0, block = 0; first < shape.channels; first += DF_WORD_LANES, block++) {
        for (int32_t y = 0; y < shape.height; y++) {
            int32_t x = 0;
            for (; x + TILE_PIXELS <= shape.width; x += TILE_PIXELS)
                compute_tile(layer, input, output, y, x, block, TILE_PIXELS);
            if (x < shape.width)
                compute_tile(layer, input, output, y, x, block, 1);
        }
    }
}
#endif
