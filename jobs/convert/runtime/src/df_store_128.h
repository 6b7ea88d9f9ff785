/* Levels of 16 neighbouring channels, one byte each in a register, written in the format of a layout. */
#ifndef DF_STORE_128_H
#define DF_STORE_128_H

#include "df_layout.h"
#include "df_simd_128.h"

/* Sixteen levels of 2 bits to four bytes. */
DF_INLINE uint32_t df_groups_of_16(df_u8x16 levels) {
    df_u16x8 pairs = (df_u16x8)levels;
    pairs |= pairs >> 6;
    df_u32x4 groups = (df_u32x4)pairs & 0x000f000fu;
    groups |= groups >> 12;
    const df_u8x16 bytes = df_look_up((df_u8x16)groups, (df_u8x16){0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12});
    return ((df_u32x4)bytes)[0];
}

#if defined(__ARM_NEON)
/* Bit `bit` of sixteen levels to two bytes. */
DF_INLINE void df_store_plane_of_16(uint8_t *target, df_u8x16 levels, int32_t bit) {
    const uint8x16_t places = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t set = vandq_u8(vtstq_u8((uint8x16_t)levels, vdupq_n_u8((uint8_t)(1 << bit))), places);
    uint8x8_t sums = vpadd_u8(vget_low_u8(set), vget_high_u8(set));
    sums = vpadd_u8(sums, sums);
    sums = vpadd_u8(sums, sums);
    vst1_lane_u16((uint16_t *)target, vreinterpret_u16_u8(sums), 0);
}
#endif

DF_INLINE void df_store_some(uint8_t *target, const void *source, int32_t count) {
    for (int32_t i = 0; i < count; i++) target[i] = ((const uint8_t *)source)[i];
}

/* segment: of the pixel. first: channel of the first level, a multiple of 16. Channels after the last have level 0. */
DF_INLINE void df_store_16(const df_layout *layout, uint8_t *segment, int32_t first, df_u8x16 levels) {
    const int32_t channels = layout->shape.channels - first;
    if (layout->format == DF_GROUPS) {
        const uint32_t groups = df_groups_of_16(levels);
        if (channels >= 16)
            __builtin_memcpy(segment + first / 4, &groups, sizeof groups);
        else
            df_store_some(segment + first / 4, &groups, (channels + 3) / 4);
#if defined(__ARM_NEON)
    } else if (layout->format == DF_PLANES) {
        uint8_t *half = segment + first / 32 * layout->bits * 4 + first % 32 / 8;
        for (int32_t bit = 0; bit < layout->bits; bit++) {
            df_store_plane_of_16(half + 4 * bit, levels, bit);
            /* Nobody else writes the other half of the last word. */
            if (channels <= 16 && first % 32 == 0)
                __builtin_memset(half + 4 * bit + 2, 0, 2);
        }
#endif
    } else if (channels >= 16) {
        df_store_u8(segment + first, levels);
    } else {
        uint8_t bytes[16];
        df_store_u8(bytes, levels);
        df_store_some(segment + first, bytes, channels);
    }
}

#endif
