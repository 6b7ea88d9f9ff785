/* df_lookup_table[levels][choice]: sum of those of four 2-bit levels whose bit is set in the choice. */
#ifndef DF_LOOKUP_TABLE_H
#define DF_LOOKUP_TABLE_H

#include <stdint.h>

#define DF_CHOSEN(levels, choice, i) (((choice) >> (i)&1) * ((levels) >> (2 * (i)) & 3))
#define DF_ENTRY(levels, choice)                                                                                       \
    (DF_CHOSEN(levels, choice, 0) + DF_CHOSEN(levels, choice, 1) + DF_CHOSEN(levels, choice, 2) +                      \
     DF_CHOSEN(levels, choice, 3))
#define DF_FOUR_ENTRIES(levels, choice)                                                                                \
    DF_ENTRY(levels, choice), DF_ENTRY(levels, (choice) + 1), DF_ENTRY(levels, (choice) + 2),                          \
        DF_ENTRY(levels, (choice) + 3)
#define DF_ROW(levels)                                                                                                 \
    { DF_FOUR_ENTRIES(levels, 0), DF_FOUR_ENTRIES(levels, 4), DF_FOUR_ENTRIES(levels, 8), DF_FOUR_ENTRIES(levels, 12) }
#define DF_FOUR_ROWS(levels) DF_ROW(levels), DF_ROW((levels) + 1), DF_ROW((levels) + 2), DF_ROW((levels) + 3)
#define DF_16_ROWS(levels)                                                                                             \
    DF_FOUR_ROWS(levels), DF_FOUR_ROWS((levels) + 4), DF_FOUR_ROWS((levels) + 8), DF_FOUR_ROWS((levels) + 12)
#define DF_64_ROWS(levels)                                                                                             \
    DF_16_ROWS(levels), DF_16_ROWS((levels) + 16), DF_16_ROWS((levels) + 32), DF_16_ROWS((levels) + 48)

static const _Alignas(64) uint8_t df_lookup_table[256][16] = {DF_64_ROWS(0), DF_64_ROWS(64), DF_64_ROWS(128),
                                                              DF_64_ROWS(192)};

#endif
