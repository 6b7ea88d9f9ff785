/* The threshold activation. */
#ifndef DF_LEVEL_H
#define DF_LEVEL_H

#include "df_operators.h"

/* Up to this many thresholds, comparing with all of them is quicker than halving. */
enum { DF_FEW_THRESHOLDS = 15 };

/* Number of the channel's thresholds that the accumulator reaches. */
static inline uint8_t df_level(const df_window *window, int32_t channel, int32_t accumulator) {
    const int32_t *thresholds = window->thresholds + channel * window->threshold_count;
    int32_t level = 0;
    if (window->threshold_count <= DF_FEW_THRESHOLDS) {
        for (int32_t k = 0; k < window->threshold_count; k++) level += accumulator >= thresholds[k];
        return (uint8_t)level;
    }
    for (int32_t end = window->threshold_count; level < end;) {
        const int32_t middle = (level + end) / 2;
        if (accumulator >= thresholds[middle])
            level = middle + 1;
        else
            end = middle;
    }
    return (uint8_t)level;
}

#endif
