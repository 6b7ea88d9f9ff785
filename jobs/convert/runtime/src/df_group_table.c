/* The constant table of the lookup kernels, written out by the preprocessor. */
#include "df_group_table.h"

#define LEVEL(levels, i) ((levels) >> (2 * (i)) & 3)
#define TERM(levels, weights, i) ((weights) >> (i)&1 ? LEVEL(levels, i) : 3 - LEVEL(levels, i))
#define ENTRY(levels, weights)                                                                                         \
    (TERM(levels, weights, 0) + TERM(levels, weights, 1) + TERM(levels, weights, 2) + TERM(levels, weights, 3))
#define FOUR_ENTRIES(levels, weights)                                                                                  \
    ENTRY(levels, weights), ENTRY(levels, (weights) + 1), ENTRY(levels, (weights) + 2), ENTRY(levels, (weights) + 3)
#define ROW(levels)                                                                                                    \
    { FOUR_ENTRIES(levels, 0), FOUR_ENTRIES(levels, 4), FOUR_ENTRIES(levels, 8), FOUR_ENTRIES(levels, 12) }
#define FOUR_ROWS(levels) ROW(levels), ROW((levels) + 1), ROW((levels) + 2), ROW((levels) + 3)
#define ROWS_16(levels) FOUR_ROWS(levels), FOUR_ROWS((levels) + 4), FOUR_ROWS((levels) + 8), FOUR_ROWS((levels) + 12)
#define ROWS_64(levels) ROWS_16(levels), ROWS_16((levels) + 16), ROWS_16((levels) + 32), ROWS_16((levels) + 48)

const _Alignas(64) uint8_t df_group_table[256][16] = {ROWS_64(0), ROWS_64(64), ROWS_64(128), ROWS_64(192)};

#if defined(__x86_64__)
#define PAIR_ENTRY(levels, weights) (TERM(levels, weights, 0) + TERM(levels, weights, 1))
#define FOUR_TIMES(value) value, value, value, value
#define SIXTEEN_TIMES(value) FOUR_TIMES(value), FOUR_TIMES(value), FOUR_TIMES(value), FOUR_TIMES(value)
#define PAIR_ROW(levels)                                                                                               \
    {                                                                                                                  \
        SIXTEEN_TIMES(PAIR_ENTRY(levels, 0)), SIXTEEN_TIMES(PAIR_ENTRY(levels, 1)),                                    \
            SIXTEEN_TIMES(PAIR_ENTRY(levels, 2)), SIXTEEN_TIMES(PAIR_ENTRY(levels, 3))                                 \
    }
#define FOUR_PAIR_ROWS(levels) PAIR_ROW(levels), PAIR_ROW((levels) + 1), PAIR_ROW((levels) + 2), PAIR_ROW((levels) + 3)

const _Alignas(64) uint8_t df_pair_table[16][64] = {FOUR_PAIR_ROWS(0), FOUR_PAIR_ROWS(4), FOUR_PAIR_ROWS(8),
                                                    FOUR_PAIR_ROWS(12)};
#endif
