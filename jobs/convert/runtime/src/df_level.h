/* The threshold activation. */
#ifndef DF_LEVEL_H
#define DF_LEVEL_H

#include "df_operators.h"

/* Number of the channel's thresholds that the accumulator reaches. */
static inline uint8_t df_level(const df_window *window, int32_t channel, int32_t accumulator) {
    const int32_t *thresholds = window->thresholds + channel * window->threshold_count;
    uint8_t level = 0;
    for (int32_t k = 0; k < window->threshold_count; k++) level += accumulator >= thresholds[k];
    return level;
}

#endif
