/* One pixel's channels in each format. */
#ifndef DF_PACK_SEGMENT_H
#define DF_PACK_SEGMENT_H

#include "df_layout.h"

/* Writes the channels of one pixel; levels: one byte each. */
void df_pack_segment(const df_layout *layout, const uint8_t *levels, uint8_t *segment);
/* Level of a channel. */
static inline uint8_t df_level_at(const df_layout *layout, const uint8_t *segment, int32_t channel) {
    switch (layout->format) {
    case DF_LEVELS:
        return segment[channel];
    case DF_GROUPS:
        return segment[channel / 4] >> (2 * (channel % 4)) & 3;
    default: {
        uint8_t level = 0;
        const uint8_t *words = segment + channel / 32 * layout->bits * 4 + channel % 32 / 8;
        for (int32_t bit = 0; bit < layout->bits; bit++)
            level |= (uint8_t)((words[4 * bit] >> (channel % 8) & 1) << bit);
        return level;
    }
    }
}

#endif
