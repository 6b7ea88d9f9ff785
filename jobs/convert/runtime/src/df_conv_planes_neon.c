/*
 * The binary convolution on bit planes for NEON, written for 32-bit ARM, where a table lookup takes four instructions:
 * one instruction counts the bits of 16 bytes, for four output channels at once.
 */
#if defined(__ARM_NEON)
#include "df_packed_conv.h"
#include "df_store_128.h"

/* A count of 8 fits a byte 31 times. */
enum { TILE_PLANES = 2, REGISTERS = DF_WORD_LANES / 4, LANES = 4, STEPS_PER_FOLD = 31 };

/* A register per plane and four channels: counts in bytes, and their sums. Lives in registers where it is inlined. */
typedef struct counts {
    uint8x16_t at[TILE_PLANES][REGISTERS];
} counts;

typedef struct sums {
    uint32x4_t at[TILE_PLANES][REGISTERS];
} sums;

/* Compilers move all loads to the front and then run out of registers; they leave what follows this behind it. */
#define KEEP_ORDER(vector) __asm__ volatile("" : "+w"(vector))

/* Counts where weights and planes differ. words: of the first plane; steps are word_step words apart. */
DF_INLINE const uint32_t *count(counts *bytes, const uint32_t *words, int32_t word_step, const uint32_t *weights,
                                int32_t steps, const int32_t planes) {
    DF_ROLLED
    for (int32_t step = 0; step < steps; step++, words += word_step) {
        uint32x4_t plane[TILE_PLANES];
        DF_UNROLL
        for (int32_t bit = 0; bit < planes; bit++) plane[bit] = vld1q_dup_u32(words + bit);
        DF_UNROLL
        for (int32_t r = 0; r < REGISTERS; r++, weights += LANES) {
            const uint32x4_t weight = vld1q_u32(weights);
            DF_UNROLL
            for (int32_t bit = 0; bit < planes; bit++) {
                const uint8x16_t differing = vreinterpretq_u8_u32(veorq_u32(weight, plane[bit]));
                bytes->at[bit][r] = vaddq_u8(bytes->at[bit][r], vcntq_u8(differing));
                KEEP_ORDER(bytes->at[bit][r]);
            }
        }
    }
    return weights;
}

/* Adds bytes to the sums, and clears them. */
DF_INLINE void fold(counts *bytes, sums *total, const int32_t planes) {
    DF_UNROLL
    for (int32_t bit = 0; bit < planes; bit++) {
        DF_UNROLL
        for (int32_t r = 0; r < REGISTERS; r++) {
            total->at[bit][r] = vpadalq_u16(total->at[bit][r], vpaddlq_u8(bytes->at[bit][r]));
            bytes->at[bit][r] = vdupq_n_u8(0);
        }
    }
}

/*
 * Adds one or two planes of a window to the accumulators, after what is in them has become four times as much: the
 * highest planes come first. row: the first word of the lower plane. rows: of the window.
 */
DF_INLINE void add_planes(const df_packed_conv *layer, const uint8_t *row, uint32x4_t *accumulators,
                          const uint32_t *weights, int32_t rows, const int32_t planes) {
    const int32_t word_step = layer->input.bits;
    counts bytes = {{{{0}}}};
    sums total = {{{{0}}}};
    int32_t until_fold = STEPS_PER_FOLD;
    for (int32_t dy = 0; dy < rows; dy++, row += layer->input.row_bytes) {
        const uint32_t *words = (const uint32_t *)row;
        for (int32_t left = layer->steps; left > 0;) {
            const int32_t steps = left < until_fold ? left : until_fold;
            weights = count(&bytes, words, word_step, weights, steps, planes);
            words += steps * word_step;
            left -= steps;
            until_fold -= steps;
            if (until_fold == 0) {
                fold(&bytes, &total, planes);
                until_fold = STEPS_PER_FOLD;
            }
        }
    }
    fold(&bytes, &total, planes);
    DF_UNROLL
    for (int32_t r = 0; r < REGISTERS; r++) {
        accumulators[r] = vaddq_u32(vshlq_n_u32(accumulators[r], TILE_PLANES), total.at[0][r]);
        if (planes == TILE_PLANES)
            accumulators[r] = vaddq_u32(accumulators[r], vshlq_n_u32(total.at[1][r], 1));
    }
}

/* Levels of 16 channels: the number of thresholds that the sum does not exceed. */
DF_INLINE uint8x16_t levels_of(const uint32x4_t *sums, const int32_t *thresholds, int32_t count) {
    uint32x4_t levels[REGISTERS];
    DF_UNROLL
    for (int32_t r = 0; r < REGISTERS; r++) levels[r] = vdupq_n_u32(0);
    for (int32_t k = 0; k < count; k++, thresholds += DF_WORD_LANES) {
        DF_UNROLL
        for (int32_t r = 0; r < REGISTERS; r++) {
            const int32x4_t threshold = vld1q_s32(thresholds + r * LANES);
            /* A comparison that holds is -1. */
            levels[r] = vsubq_u32(levels[r], vcleq_s32(vreinterpretq_s32_u32(sums[r]), threshold));
        }
    }
    return vcombine_u8(vmovn_u16(vcombine_u16(vmovn_u32(levels[0]), vmovn_u32(levels[1]))),
                       vmovn_u16(vcombine_u16(vmovn_u32(levels[2]), vmovn_u32(levels[3]))));
}

/* One pixel, 16 channels. rows: of y. */
DF_INLINE void compute_pixel(const df_packed_conv *layer, const uint8_t *input, uint8_t *output, df_rows rows, int32_t y,
                             int32_t x, int32_t block) {
    const uint8_t *row = input + (int64_t)(y * layer->stride + rows.first) * layer->input.row_bytes +
                         x * layer->stride * layer->input.pixel_bytes;
    const uint32_t *weights = (const uint32_t *)layer->weights +
                              (int64_t)(block * layer->kernel + rows.first) * layer->steps * DF_WORD_LANES;
    const int32_t *thresholds = (const int32_t *)layer->thresholds + rows.thresholds +
                                (int64_t)block * layer->threshold_count * DF_WORD_LANES;
    uint32x4_t accumulators[REGISTERS] = {{0}};
    int32_t plane = layer->input.bits;
    if (plane % TILE_PLANES != 0)
        add_planes(layer, row + 4 * --plane, accumulators, weights, rows.end - rows.first, 1);
    for (; plane > 0; plane -= TILE_PLANES)
        add_planes(layer, row + 4 * (plane - TILE_PLANES), accumulators, weights, rows.end - rows.first, TILE_PLANES);
    const df_u8x16 levels = (df_u8x16)levels_of(accumulators, thresholds, layer->threshold_count);
    df_store_16(&layer->output, output + df_offset(&layer->output, y, x), block * DF_WORD_LANES, levels);
}

void df_conv_planes_neon(const df_packed_conv *layer, const uint8_t *input, uint8_t *output) {
    const df_shape shape = layer->output.shape;
    for (int32_t first = 0, block = 0; first < shape.channels; first += DF_WORD_LANES, block++) {
        for (int32_t y = 0; y < shape.height; y++) {
            const df_rows rows = df_rows_of(layer, y, DF_WORD_LANES);
            for (int32_t x = 0; x < shape.width; x++) compute_pixel(layer, input, output, rows, y, x, block);
        }
    }
}
#endif
