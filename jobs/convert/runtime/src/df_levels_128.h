/*
 * Levels between the layers of the 128-bit machines. A convolution of binary weights reads 2-bit digits, four channels
 * a byte, the first channel lowest; levels of more than two bits have a second plane of digits. Whoever computes the
 * levels writes them in that form, inside the border that the reader needs, and to where a space-to-depth moves them.
 */
#ifndef DF_LEVELS_128_H
#define DF_LEVELS_128_H

#include "df_simd_128.h"

/* Channels that are computed and stored together. */
#define DF_LANES_128 16

/* Where levels go. */
typedef struct df_level_target {
    /* Of output pixel (0, 0), inside the border. */
    uint8_t *data;
    int32_t row_bytes;
    int32_t pixel_bytes;
    /* Space-to-depth: pixels (block * y + dy, block * x + dx) share one pixel, block_bytes apart. 1: none. */
    int32_t block;
    int32_t block_bytes;
    /* Planes of digits, plane_bytes apart; 0: one byte per level. */
    int32_t planes;
    int32_t plane_bytes;
    /* Of the output. */
    int32_t channels;
} df_level_target;

DF_INLINE uint8_t *df_target_pixel(const df_level_target *target, int32_t y, int32_t x) {
    const int32_t block = target->block;
    if (block == 1)
        return target->data + y * target->row_bytes + x * target->pixel_bytes;
    return target->data + y / block * target->row_bytes + x / block * target->pixel_bytes +
           (y % block * block + x % block) * target->block_bytes;
}

/* Sixteen digits to four bytes. */
DF_INLINE uint32_t df_pack_digits(df_u8x16 digits) {
    df_u16x8 pairs = (df_u16x8)digits;
    pairs |= pairs >> 6;
    df_u32x4 groups = (df_u32x4)pairs & 0x000f000fu;
    groups |= groups >> 12;
    const df_u8x16 bytes = df_look_up((df_u8x16)groups, (df_u8x16){0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12});
    return ((df_u32x4)bytes)[0];
}

/* The first `count` bytes. */
DF_INLINE void df_store_some(uint8_t *address, const void *bytes, int32_t count) {
    for (int32_t i = 0; i < count; i++) address[i] = ((const uint8_t *)bytes)[i];
}

/* Levels of channels first .. first + 15 of a pixel; those after the last channel are not stored or 0. */
DF_INLINE void df_store_levels(const df_level_target *target, uint8_t *pixel, int32_t first, df_u8x16 levels) {
    const int32_t left = target->channels - first;
    if (target->planes == 0) {
        if (left >= DF_LANES_128) {
            df_store_u8(pixel + first, levels);
        } else {
            uint8_t bytes[DF_LANES_128];
            df_store_u8(bytes, levels);
            df_store_some(pixel + first, bytes, left);
        }
        return;
    }
    for (int32_t plane = 0; plane < target->planes; plane++, levels >>= 2) {
        const uint32_t packed = df_pack_digits(levels & 3);
        uint8_t *address = pixel + plane * target->plane_bytes + first / 4;
        if (left >= DF_LANES_128)
            __builtin_memcpy(address, &packed, sizeof packed);
        else
            df_store_some(address, &packed, (left + 3) / 4);
    }
}

#endif
