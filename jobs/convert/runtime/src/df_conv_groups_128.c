/*
 * The binary convolution by table lookup on machines of 128-bit vectors. Four channels' levels make one byte; a
 * constant table holds, for each such byte and each choice of four weight bits, what they add to the sum. One
 * instruction looks up 16 output channels at once, one addition accumulates them: 64 multiply-accumulates in two
 * instructions.
 */
#if defined(__wasm_simd128__) || defined(__ARM_NEON)
#include "df_group_table.h"
#include "df_packed_conv.h"
#include "df_store_128.h"

/* WebAssembly's engines have 16 registers on x86-64, of which the sums in bytes may take eight; ARM has 32. */
#if defined(__aarch64__)
enum { TILE_PIXELS = 4 };
#else
enum { TILE_PIXELS = 2 };
#endif
enum { LANES = 16, VECTORS = DF_GROUP_LANES / LANES };

/* One register per pixel and 16 channels. Lives in registers where the functions below are inlined. */
typedef struct tile {
    df_u16x8 at[TILE_PIXELS][VECTORS];
} tile;

DF_INLINE void clear(tile *sums, const int32_t pixels, const int32_t vectors) {
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++) {
        DF_UNROLL
        for (int32_t v = 0; v < vectors; v++) sums->at[p][v] = df_splat_u16(0);
    }
}

/* Adds the lookups of some steps to sums in bytes. groups: of the first pixel; the next ones are pixel_step further. */
DF_INLINE void look_up(tile *bytes, const uint8_t *groups, int32_t pixel_step, const uint8_t *weights, int32_t steps,
                       const int32_t pixels, const int32_t vectors) {
    /* Else engines of WebAssembly work out each address in every step: 2 % of the relaxed kernels' time. */
    const uint8_t *of_pixel[TILE_PIXELS];
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++) of_pixel[p] = groups + p * pixel_step;
    DF_ROLLED
    for (int32_t step = 0; step < steps; step++, weights += DF_GROUP_LANES) {
        df_u8x16 choice[VECTORS];
        DF_UNROLL
        for (int32_t v = 0; v < vectors; v++) choice[v] = df_load_u8(weights + v * LANES);
        DF_UNROLL
        for (int32_t p = 0; p < pixels; p++) {
            const df_u8x16 table = df_load_u8(df_group_table[of_pixel[p][step]]);
            DF_UNROLL
            for (int32_t v = 0; v < vectors; v++) {
                bytes->at[p][v] = (df_u16x8)((df_u8x16)bytes->at[p][v] + df_look_up(table, choice[v]));
            }
        }
    }
}

/*
 * Adds bytes to 16-bit sums, and clears them. all: even channel + 256 * odd channel, modulo 2^16, from which the even
 * one is taken at the end.
 */
DF_INLINE void fold(tile *bytes, tile *all, tile *odd, const int32_t pixels, const int32_t vectors) {
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++) {
        DF_UNROLL
        for (int32_t v = 0; v < vectors; v++) {
            all->at[p][v] += bytes->at[p][v];
            odd->at[p][v] += bytes->at[p][v] >> 8;
        }
    }
    clear(bytes, pixels, vectors);
}

/* Number of thresholds reached: all of them, less those above the sum (a comparison that holds is -1). */
DF_INLINE df_u8x16 levels_of(df_i16x8 even, df_i16x8 odd, const int16_t *thresholds, int32_t count) {
    df_i16x8 even_levels = df_splat_i16((int16_t)count), odd_levels = even_levels;
    for (int32_t k = 0; k < count; k++, thresholds += DF_GROUP_LANES) {
        even_levels += (df_i16x8)df_load_u8(thresholds) > even;
        odd_levels += (df_i16x8)df_load_u8(thresholds + DF_GROUP_LANES / 2) > odd;
    }
    return (df_u8x16)(even_levels | odd_levels << 8);
}

/* `pixels` neighbouring pixels of row y from x on, times `vectors` * 16 channels, constants where inlined. rows: of y. */
DF_INLINE void compute_tile(const df_packed_conv *layer, const uint8_t *input, uint8_t *output, df_rows rows, int32_t y,
                            int32_t x, int32_t block, const int32_t pixels, const int32_t vectors) {
    const int32_t pixel_step = layer->stride * layer->input.pixel_bytes;
    const uint8_t *row = input + (int64_t)(y * layer->stride + rows.first) * layer->input.row_bytes + x * pixel_step;
    const uint8_t *weights = (const uint8_t *)layer->weights +
                             (int64_t)(block * layer->kernel + rows.first) * layer->steps * DF_GROUP_LANES;
    tile bytes, all, odd;
    clear(&bytes, pixels, vectors);
    clear(&all, pixels, vectors);
    clear(&odd, pixels, vectors);
    int32_t until_fold = DF_GROUP_STEPS_PER_FOLD;
    for (int32_t dy = rows.first; dy < rows.end; dy++, row += layer->input.row_bytes) {
        for (int32_t step = 0; step < layer->steps;) {
            const int32_t left = layer->steps - step, steps = left < until_fold ? left : until_fold;
            look_up(&bytes, row + step, pixel_step, weights, steps, pixels, vectors);
            weights += steps * DF_GROUP_LANES;
            step += steps;
            until_fold -= steps;
            if (until_fold == 0) {
                fold(&bytes, &all, &odd, pixels, vectors);
                until_fold = DF_GROUP_STEPS_PER_FOLD;
            }
        }
    }
    fold(&bytes, &all, &odd, pixels, vectors);
    const int16_t *thresholds = (const int16_t *)layer->thresholds + rows.thresholds +
                                (int64_t)block * layer->threshold_count * DF_GROUP_LANES;
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++) {
        uint8_t *segment = output + df_offset(&layer->output, y, x + p);
        DF_UNROLL
        for (int32_t v = 0; v < vectors; v++) {
            const df_i16x8 even = (df_i16x8)(all.at[p][v] - (odd.at[p][v] << 8));
            const df_u8x16 levels =
                levels_of(even, (df_i16x8)odd.at[p][v], thresholds + v * LANES / 2, layer->threshold_count);
            df_store_16(&layer->output, segment, block * DF_GROUP_LANES + v * LANES, levels);
        }
    }
}

/* All pixels. A last tile of an odd width starts earlier and computes some pixels twice. */
DF_INLINE void compute_block(const df_packed_conv *layer, const uint8_t *input, uint8_t *output, int32_t block,
                             const int32_t vectors) {
    const int32_t width = layer->output.shape.width;
    for (int32_t y = 0; y < layer->output.shape.height; y++) {
        const df_rows rows = df_rows_of(layer, y, DF_GROUP_LANES);
        if (width < TILE_PIXELS) {
            for (int32_t x = 0; x < width; x++) compute_tile(layer, input, output, rows, y, x, block, 1, vectors);
            continue;
        }
        for (int32_t x = 0; x < width; x += TILE_PIXELS) {
            const int32_t left = x <= width - TILE_PIXELS ? x : width - TILE_PIXELS;
            compute_tile(layer, input, output, rows, y, left, block, TILE_PIXELS, vectors);
        }
    }
}

void df_conv_groups_128(const df_packed_conv *layer, const uint8_t *input, uint8_t *output) {
    const int32_t channels = layer->output.shape.channels;
    for (int32_t first = 0, block = 0; first < channels; first += DF_GROUP_LANES, block++) {
        const int32_t left = channels - first;
        if (left > 3 * LANES)
            compute_block(layer, input, output, block, 4);
        else if (left > 2 * LANES)
            compute_block(layer, input, output, block, 3);
        else if (left > LANES)
            compute_block(layer, input, output, block, 2);
        else
            compute_block(layer, input, output, block, 1);
    }
}
#endif
