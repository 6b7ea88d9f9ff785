/*
 * Convolution of bytes by int8 weights for NEON, with both in 16 bits: one instruction multiplies the weights of four channels by
 * one byte and adds the products, exactly. The weights were widened at conversion time.
 */
#if defined(__ARM_NEON)
#include "df_packed_conv.h"
#include "df_store_128.h"
#include "df_tile.h"

/* Sums of two pixels and two taps' weights fill the 16 registers of armv7, four pixels' the 32 of aarch64. */
#if defined(__aarch64__)
enum { TILE_PIXELS = 4 };
#else
enum { TILE_PIXELS = 2 };
#endif
enum { REGISTERS = DF_WORD_LANES / 4 };

/* Number of thresholds that 16 channels' sums reach. */
DF_INLINE df_u8x16 levels_of(const int32x4_t *sums, const int32_t *thresholds, int32_t count) {
    uint32x4_t levels[REGISTERS];
    DF_UNROLL
    for (int32_t r = 0; r < REGISTERS; r++) levels[r] = vdupq_n_u32(0);
    for (int32_t k = 0; k < count; k++, thresholds += DF_WORD_LANES) {
        DF_UNROLL
        for (int32_t r = 0; r < REGISTERS; r++)
            /* A comparison that holds is -1. */
            levels[r] = vsubq_u32(levels[r], vcgeq_s32(sums[r], vld1q_s32(thresholds + 4 * r)));
    }
    return (df_u8x16)vcombine_u8(vmovn_u16(vcombine_u16(vmovn_u32(levels[0]), vmovn_u32(levels[1]))),
                                 vmovn_u16(vcombine_u16(vmovn_u32(levels[2]), vmovn_u32(levels[3]))));
}

/* `pixels` neighbouring pixels of row y from x on, 16 channels; a constant where inlined. */
DF_INLINE void compute_tile(const df_packed_conv *layer, const uint8_t *input, uint8_t *output, int32_t y, int32_t x,
                            int32_t block, const int32_t pixels) {
    const int32_t pixel_step = layer->stride * layer->input.pixel_bytes;
    const uint8_t *row = input + (int64_t)y * layer->stride * layer->input.row_bytes + x * pixel_step;
    const int32_t pairs = (layer->kernel * layer->input.pixel_bytes + 1) / 2;
    const int16_t *weights = layer->pairs + (int64_t)block * layer->kernel * pairs * DF_WORD_LANES * 2;
    int32x4_t sums[TILE_PIXELS][REGISTERS];
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++)
        DF_UNROLL
        for (int32_t r = 0; r < REGISTERS; r++) sums[p][r] = vdupq_n_s32(0);
    for (int32_t dy = 0; dy < layer->kernel; dy++, row += layer->input.row_bytes) {
        const uint8_t *bytes = row;
        DF_ROLLED
        for (int32_t pair = 0; pair < pairs; pair++, bytes += 2, weights += DF_WORD_LANES * 2) {
            /* Apart again, as they lie side by side: val[0] has eight channels' weights of the first tap. */
            const int16x8x2_t low = vld2q_s16(weights), high = vld2q_s16(weights + DF_WORD_LANES);
            DF_UNROLL
            for (int32_t p = 0; p < pixels; p++) {
                uint16_t two;
                __builtin_memcpy(&two, bytes + p * pixel_step, sizeof two);
                const int16x4_t taps = vget_low_s16(vreinterpretq_s16_u16(vmovl_u8(vreinterpret_u8_u16(vdup_n_u16(two)))));
                sums[p][0] = vmlal_lane_s16(sums[p][0], vget_low_s16(low.val[0]), taps, 0);
                sums[p][1] = vmlal_lane_s16(sums[p][1], vget_high_s16(low.val[0]), taps, 0);
                sums[p][2] = vmlal_lane_s16(sums[p][2], vget_low_s16(high.val[0]), taps, 0);
                sums[p][3] = vmlal_lane_s16(sums[p][3], vget_high_s16(high.val[0]), taps, 0);
                sums[p][0] = vmlal_lane_s16(sums[p][0], vget_low_s16(low.val[1]), taps, 1);
                sums[p][1] = vmlal_lane_s16(sums[p][1], vget_high_s16(low.val[1]), taps, 1);
                sums[p][2] = vmlal_lane_s16(sums[p][2], vget_low_s16(high.val[1]), taps, 1);
                sums[p][3] = vmlal_lane_s16(sums[p][3], vget_high_s16(high.val[1]), taps, 1);
            }
        }
    }
    const int32_t *thresholds =
        (const int32_t *)layer->thresholds + (int64_t)block * layer->threshold_count * DF_WORD_LANES;
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++)
        df_store_16(&layer->output, output + df_offset(&layer->output, y, x + p), block * DF_WORD_LANES,
                    levels_of(sums[p], thresholds, layer->threshold_count));
}

void df_conv_bytes_neon(const df_packed_conv *layer, const uint8_t *input, uint8_t *output) {
    const df_shape shape = layer->output.shape;
    for (int32_t first = 0, block = 0; first < shape.channels; first += DF_WORD_LANES, block++) {
        for (int32_t y = 0; y < shape.height; y++) {
#define TILE(x, pixels) compute_tile(layer, input, output, y, x, block, pixels)
            DF_TILE_ROW(shape.width, TILE_PIXELS, 1, TILE);
        }
    }
}
#endif
