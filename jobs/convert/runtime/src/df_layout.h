/*
 * How the fast kernels keep activations: in the form that the next kernel reads, with its border around them, and with a
 * space-to-depth in between done by the addresses.
 */
#ifndef DF_LAYOUT_H
#define DF_LAYOUT_H

#include "df_operators.h"

typedef enum df_format {
    /* One byte a level. */
    DF_LEVELS,
    /* Four levels of 2 bits a byte, the first channel lowest. */
    DF_GROUPS,
    /* 32 channels a word, the first channel lowest; for each 32 channels one word per bit of the levels. */
    DF_PLANES,
} df_format;

/*
 * Pixels lie row by row. Where block > 1, the block x block pixels of a block lie side by side as one stored pixel, in the
 * channel order of space to depth. Places after the last channel of a pixel hold 0.
 */
typedef struct df_layout {
    df_format format;
    /* As the layer that writes it sees it. */
    df_shape shape;
    /* Bits per level. */
    int32_t bits;
    int32_t block;
    /* Stored pixels around the image, and the level of their channels. */
    int32_t border;
    int32_t border_level;
    /* Bytes of one pixel's channels, of one stored pixel, and of a row of those, border included. */
    int32_t segment_bytes;
    int32_t pixel_bytes;
    int32_t row_bytes;
} df_layout;

/*
 * a / b for a >= 0 and b > 0. The Cortex-A9 cannot divide, and its compiler would ask a run-time library to; this is long
 * division, bit by bit.
 */
static inline int32_t df_quotient(int32_t a, int32_t b) {
#if defined(__arm__) && !defined(__ARM_FEATURE_IDIV)
    int32_t quotient = 0;
    for (int32_t bit = a < b ? -1 : __builtin_clz((uint32_t)b) - __builtin_clz((uint32_t)a); bit >= 0; bit--) {
        if (a < b << bit)
            continue;
        a -= b << bit;
        quotient |= 1 << bit;
    }
    return quotient;
#else
    return a / b;
#endif
}

/* Byte offset of the channels of pixel (y, x) of the shape. */
static inline int64_t df_offset(const df_layout *layout, int32_t y, int32_t x) {
    const int32_t block = layout->block, border = layout->border;
    if (block == 1)
        return (int64_t)(y + border) * layout->row_bytes + (x + border) * layout->pixel_bytes;
    /* The usual block, without divisions. */
    if (block == 2)
        return (int64_t)((y >> 1) + border) * layout->row_bytes + ((x >> 1) + border) * layout->pixel_bytes +
               ((y & 1) * 2 + (x & 1)) * layout->segment_bytes;
    const int32_t row = df_quotient(y, block), column = df_quotient(x, block);
    const int32_t place = (y - row * block) * block + x - column * block;
    return (int64_t)(row + border) * layout->row_bytes + (column + border) * layout->pixel_bytes +
           place * layout->segment_bytes;
}

/* Writes the border of the image. */
void df_fill_border(const df_layout *layout, uint8_t *image);
/* Writes levels (or pixels), NHWC, and the border. */
void df_pack(const df_layout *layout, const uint8_t *levels, uint8_t *image);
/* Reads levels, NHWC. */
void df_unpack(const df_layout *layout, const uint8_t *image, uint8_t *levels);

#endif
