/* Tiles: a few output pixels whose sums stay in registers. */
#ifndef DF_TILE_H
#define DF_TILE_H

/* In front of each loop over a tile's pixels or registers: an array whose every index is a constant becomes registers. */
#if defined(__clang__)
#define DF_UNROLL _Pragma("clang loop unroll(full)")
#else
#define DF_UNROLL _Pragma("GCC unroll 16")
#endif

/*
 * Calls compute(x, pixels) for tiles that cover 0 .. width - 1, with `pixels` a constant of `wide`, `narrow` or 1, so that
 * the tile's sums stay in registers. A last tile of an odd width starts earlier and computes some pixels twice.
 */
#define DF_TILE_ROW(width, wide, narrow, compute)                                                                      \
    do {                                                                                                               \
        if ((width) >= (wide)) {                                                                                       \
            for (int32_t x = 0; x < (width); x += (wide))                                                              \
                compute(x <= (width) - (wide) ? x : (width) - (wide), wide);                                           \
        } else if ((width) >= (narrow)) {                                                                              \
            for (int32_t x = 0; x < (width); x += (narrow))                                                            \
                compute(x <= (width) - (narrow) ? x : (width) - (narrow), narrow);                                     \
        } else {                                                                                                       \
            for (int32_t x = 0; x < (width); x++) compute(x, 1);                                                       \
        }                                                                                                              \
    } while (0)

#endif
