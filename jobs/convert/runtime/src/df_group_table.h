/*
 * df_group_table[levels][weights]: what four 2-bit levels q add to an accumulator: q where the weight bit is set, 3 - q
 * where it is not. All entries are 0 to 12, and the sum over a window differs from that of +q and -q by 3 for each weight
 * of -1, which the thresholds take up.
 */
#ifndef DF_GROUP_TABLE_H
#define DF_GROUP_TABLE_H

#include <stdint.h>

/* The largest entry; so many of them fit a byte. */
enum { DF_GROUP_ENTRY_MAXIMUM = 12, DF_GROUP_STEPS_PER_FOLD = 255 / DF_GROUP_ENTRY_MAXIMUM };

extern const uint8_t df_group_table[256][16];

#if defined(__x86_64__)
/* df_pair_table[levels][weights]: the same of two levels, for weight bits 4 and 5 of six. */
extern const uint8_t df_pair_table[16][64];
#endif

#endif
