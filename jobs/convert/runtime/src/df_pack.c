/* Brings levels of one byte each into the layout of a fast kernel. */
#include "df_pack_segment.h"

static void pack_groups(const uint8_t *levels, int32_t channels, uint8_t *groups) {
    int32_t c = 0;
    for (; c + 4 <= channels; c += 4) {
        uint32_t four;
        __builtin_memcpy(&four, levels + c, sizeof four);
        /* Moves the level in byte i to bits 24 + 2 i and up. */
        groups[c / 4] = (uint8_t)((four * 0x01041040u) >> 24);
    }
    if (c < channels) {
        uint8_t last = 0;
        for (int32_t i = 0; c + i < channels; i++) last |= (uint8_t)(levels[c + i] << (2 * i));
        groups[c / 4] = last;
    }
}

static void pack_planes(const uint8_t *levels, int32_t channels, int32_t bits, uint8_t *planes) {
    for (int32_t first = 0; first < channels; first += 32) {
        for (int32_t bit = 0; bit < bits; bit++) {
            uint32_t word = 0;
            for (int32_t i = 0; i < 32 && first + i < channels; i++)
                word |= (uint32_t)(levels[first + i] >> bit & 1) << i;
            __builtin_memcpy(planes, &word, sizeof word);
            planes += sizeof word;
        }
    }
}

void df_pack_segment(const df_layout *layout, const uint8_t *levels, uint8_t *segment) {
    const int32_t channels = layout->shape.channels;
    switch (layout->format) {
    case DF_LEVELS:
        for (int32_t c = 0; c < channels; c++) segment[c] = levels[c];
        break;
    case DF_GROUPS:
        pack_groups(levels, channels, segment);
        break;
    case DF_PLANES:
        pack_planes(levels, channels, layout->bits, segment);
        break;
    }
}

void df_pack(const df_layout *layout, const uint8_t *levels, uint8_t *image) {
    const int32_t channels = layout->shape.channels, width = layout->shape.width;
    df_fill_border(layout, image);
    for (int32_t y = 0; y < layout->shape.height; y++) {
        if (layout->format == DF_LEVELS && layout->block == 1) {
            /* A row is one piece on both sides. */
            uint8_t *row = image + df_offset(layout, y, 0);
            for (int32_t i = 0; i < width * channels; i++) row[i] = levels[i];
        } else {
            for (int32_t x = 0; x < width; x++)
                df_pack_segment(layout, levels + x * channels, image + df_offset(layout, y, x));
        }
        levels += width * channels;
    }
}
