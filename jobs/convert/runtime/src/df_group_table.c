/* The constant table of the lookup kernels, written out by the preprocessor. */
#include "df_group_table.h"

/* A term is the level where the weight is +1, and what is left to 3 where it is -1. */
#define OF_MINUS(level) (3 - level)
#define PAIR_00(a, b) OF_MINUS(a) + OF_MINUS(b)
#define PAIR_01(a, b) a + OF_MINUS(b)
#define PAIR_10(a, b) OF_MINUS(a) + b
#define PAIR_11(a, b) a + b
/* Four entries: the weights of the first two channels count up, those of the others stand still. */
#define ENTRIES(a, b, rest) PAIR_00(a, b) + rest, PAIR_01(a, b) + rest, PAIR_10(a, b) + rest, PAIR_11(a, b) + rest
/* Levels come with the last channel first, as the digits of a row's number do. */
#define ROW(d, c, b, a)                                                                                                \
    {                                                                                                                  \
        ENTRIES(a, b, PAIR_00(c, d)), ENTRIES(a, b, PAIR_01(c, d)),                                                    \
        ENTRIES(a, b, PAIR_10(c, d)), ENTRIES(a, b, PAIR_11(c, d)),                                                    \
    }
#define ROWS_4(d, c, b) ROW(d, c, b, 0), ROW(d, c, b, 1), ROW(d, c, b, 2), ROW(d, c, b, 3)
#define ROWS_16(d, c) ROWS_4(d, c, 0), ROWS_4(d, c, 1), ROWS_4(d, c, 2), ROWS_4(d, c, 3)
#define ROWS_64(d) ROWS_16(d, 0), ROWS_16(d, 1), ROWS_16(d, 2), ROWS_16(d, 3)

const _Alignas(64) uint8_t df_group_table[256][16] = {ROWS_64(0), ROWS_64(1), ROWS_64(2), ROWS_64(3)};

#if defined(__x86_64__)
#define FOUR_TIMES(value) value, value, value, value
#define SIXTEEN_TIMES(value) FOUR_TIMES(value), FOUR_TIMES(value), FOUR_TIMES(value), FOUR_TIMES(value)
#define PAIR_ROW(b, a)                                                                                                 \
    {                                                                                                                  \
        SIXTEEN_TIMES(PAIR_00(a, b)), SIXTEEN_TIMES(PAIR_01(a, b)),                                                    \
        SIXTEEN_TIMES(PAIR_10(a, b)), SIXTEEN_TIMES(PAIR_11(a, b)),                                                    \
    }
#define PAIR_ROWS_4(b) PAIR_ROW(b, 0), PAIR_ROW(b, 1), PAIR_ROW(b, 2), PAIR_ROW(b, 3)

const _Alignas(64) uint8_t df_pair_table[16][64] = {PAIR_ROWS_4(0), PAIR_ROWS_4(1), PAIR_ROWS_4(2), PAIR_ROWS_4(3)};
#endif
