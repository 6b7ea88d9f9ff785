/*
 * The binary convolution by table lookup. Four channels' digits make one byte; a constant table holds, for each such
 * byte and each choice of four weight bits, the sum of the chosen digits. One instruction looks up 16 output channels
 * at once, one addition accumulates them. With P the taps of weight +1: sum(P) - sum(not P) = 2 sum(P) - sum(all).
 */
#if defined(__wasm_simd128__) || defined(__ARM_NEON)
#include "df_conv_bits_lut4_128.h"
#include "df_lookup_table.h"

/* A lookup is at most 4 * 3 = 12, so 21 of them fit a byte. */
enum { STEPS_PER_FOLD = 21 };
#if defined(__wasm__)
enum { TILE_PIXELS = 2 };
#else
enum { TILE_PIXELS = 4 };
#endif

/* One register per pixel and 16 channels. Lives in registers where the functions below are inlined. */
typedef struct tile {
    df_u16x8 at[TILE_PIXELS][DF_LUT4_VECTORS];
} tile;

DF_INLINE void clear(tile *sums, const int32_t pixels, const int32_t vectors) {
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++) {
        DF_UNROLL
        for (int32_t v = 0; v < vectors; v++) sums->at[p][v] = df_splat_u16(0);
    }
}

/*
 * Adds the lookups of a few groups to sums in bytes. row: the groups of the first pixel's window. weight_step: bytes from
 * one group's weights to the next. Returns the weights that follow.
 */
DF_INLINE const uint8_t *look_up(const uint8_t *row, int32_t pixel_step, const uint8_t *weights, int32_t weight_step,
                                 int32_t steps, tile *bytes, const int32_t pixels, const int32_t vectors) {
    DF_ROLLED
    for (int32_t step = 0; step < steps; step++, weights += weight_step) {
        df_u8x16 choice[DF_LUT4_VECTORS];
        DF_UNROLL
        for (int32_t v = 0; v < vectors; v++) choice[v] = df_load_u8(weights + v * DF_LANES_128);
        DF_UNROLL
        for (int32_t p = 0; p < pixels; p++) {
            const df_u8x16 table = df_load_u8(df_lookup_table[row[p * pixel_step + step]]);
            DF_UNROLL
            for (int32_t v = 0; v < vectors; v++) {
                bytes->at[p][v] = (df_u16x8)((df_u8x16)bytes->at[p][v] + df_look_up(table, choice[v]));
            }
        }
    }
    return weights;
}

/* Adds the bytes of even and of odd channels to their 16-bit sums, and clears them. */
DF_INLINE void fold(tile *bytes, tile *even, tile *odd, const int32_t pixels, const int32_t vectors) {
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++) {
        DF_UNROLL
        for (int32_t v = 0; v < vectors; v++) {
            even->at[p][v] += bytes->at[p][v] & 255;
            odd->at[p][v] += bytes->at[p][v] >> 8;
        }
    }
    clear(bytes, pixels, vectors);
}

/* Sum of all levels in the window whose top left corner is the given pixel of the image. */
static int32_t window_sum(const df_lut4_layer *layer, int32_t corner) {
    int32_t sum = 0;
    for (int32_t dy = 0; dy < layer->kernel; dy++) {
        for (int32_t dx = 0; dx < layer->kernel; dx++) sum += layer->sums[corner + dy * layer->image_columns + dx];
    }
    return sum;
}

/* Levels of 16 channels from the sums of their taps of weight +1. total: sum of all taps. */
DF_INLINE df_u8x16 narrow_levels(const df_lut4_layer *layer, int32_t block, df_u16x8 even, df_u16x8 odd,
                                 int32_t total) {
    const df_u8x16 *thresholds = (const df_u8x16 *)layer->narrow_thresholds + block * layer->threshold_count * 2;
    /* 16-bit lanes may wrap on the way; the difference fits, or the layer would have no narrow thresholds. */
    const df_i16x8 even_sum = (df_i16x8)(even + even - df_splat_u16((uint16_t)total));
    const df_i16x8 odd_sum = (df_i16x8)(odd + odd - df_splat_u16((uint16_t)total));
    df_i16x8 even_levels = df_splat_i16(0), odd_levels = df_splat_i16(0);
    for (int32_t k = 0; k < layer->threshold_count; k++, thresholds += 2) {
        /* A comparison that holds is -1. */
        even_levels -= even_sum > (df_i16x8)thresholds[0];
        odd_levels -= odd_sum > (df_i16x8)thresholds[1];
    }
    return (df_u8x16)(even_levels | odd_levels << 8);
}

/*
 * `pixels` neighbouring output pixels from (y, x) on, and `vectors` blocks of 16 channels from `block` on; both numbers
 * are constants where this is inlined.
 */
DF_INLINE void compute_tile(const df_lut4_layer *layer, int32_t y, int32_t x, int32_t block, const uint8_t *weights,
                            const int32_t pixels, const int32_t vectors) {
    const int32_t run = layer->kernel * layer->pixel_bytes, pixel_step = layer->stride * layer->pixel_bytes;
    const int32_t corner = (y * layer->image_columns + x) * layer->stride;
    const uint8_t *row = layer->image + corner * layer->pixel_bytes;
    tile bytes, even, odd;
    clear(&bytes, pixels, vectors);
    clear(&even, pixels, vectors);
    clear(&odd, pixels, vectors);
    int32_t room = STEPS_PER_FOLD;
    for (int32_t dy = 0; dy < layer->kernel; dy++, row += layer->image_columns * layer->pixel_bytes) {
        for (int32_t first = 0; first < run;) {
            const int32_t steps = run - first < room ? run - first : room;
            weights = look_up(row + first, pixel_step, weights, vectors * DF_LANES_128, steps, &bytes, pixels, vectors);
            first += steps;
            room -= steps;
            if (room == 0) {
                fold(&bytes, &even, &odd, pixels, vectors);
                room = STEPS_PER_FOLD;
            }
        }
    }
    fold(&bytes, &even, &odd, pixels, vectors);
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++) {
        const int32_t total = window_sum(layer, corner + p * layer->stride);
        uint8_t *pixel = df_target_pixel(&layer->target, y, x + p);
        DF_UNROLL
        for (int32_t v = 0; v < vectors; v++) {
            const df_u8x16 levels = narrow_levels(layer, block + v, even.at[p][v], odd.at[p][v], total);
            df_store_levels(&layer->target, pixel, (block + v) * DF_LANES_128, levels);
        }
    }
}

DF_INLINE void compute_blocks(const df_lut4_layer *layer, int32_t block, const uint8_t *weights,
                              const int32_t vectors) {
    for (int32_t y = 0; y < layer->output_height; y++) {
        int32_t x = 0;
        for (; x + TILE_PIXELS <= layer->output_width; x += TILE_PIXELS) {
            compute_tile(layer, y, x, block, weights, TILE_PIXELS, vectors);
        }
        for (; x < layer->output_width; x++) compute_tile(layer, y, x, block, weights, 1, vectors);
    }
}

/*
 * The general case, in 32 bits: two planes of digits, or more taps than int16 sums allow. So many lookups fit 16 bits.
 */
enum { STEPS_PER_WIDE_FOLD = 4096 };

/* Adds 16 channels' lookups of one run of groups. groups: in a plane of digits. */
static void add_wide(const uint8_t *groups, const uint8_t *weights, int32_t weight_step, int32_t count, int32_t shift,
                     int32_t *sums) {
    tile bytes, even, odd;
    clear(&bytes, 1, 1);
    clear(&even, 1, 1);
    clear(&odd, 1, 1);
    for (int32_t step = 0; step < count; step += STEPS_PER_FOLD) {
        const int32_t steps = count - step < STEPS_PER_FOLD ? count - step : STEPS_PER_FOLD;
        weights = look_up(groups + step, 0, weights, weight_step, steps, &bytes, 1, 1);
        fold(&bytes, &even, &odd, 1, 1);
    }
    for (int32_t lane = 0; lane < 8; lane++) {
        sums[2 * lane] += even.at[0][0][lane] << shift;
        sums[2 * lane + 1] += odd.at[0][0][lane] << shift;
    }
}

/* One output pixel and 16 channels. weights: of those channels, in a tile that is weight_step channels wide. */
static void compute_wide(const df_lut4_layer *layer, int32_t y, int32_t x, int32_t block, const uint8_t *weights,
                         int32_t weight_step) {
    const int32_t corner = (y * layer->image_columns + x) * layer->stride;
    const int32_t run = layer->kernel * layer->pixel_bytes;
    int32_t sums[DF_LANES_128] = {0};
    for (int32_t dy = 0; dy < layer->kernel; dy++) {
        const uint8_t *row = layer->image + (corner + dy * layer->image_columns) * layer->pixel_bytes;
        for (int32_t first = 0; first < run; first += STEPS_PER_WIDE_FOLD) {
            const int32_t count = run - first < STEPS_PER_WIDE_FOLD ? run - first : STEPS_PER_WIDE_FOLD;
            const uint8_t *next = weights + (dy * run + first) * weight_step;
            for (int32_t plane = 0; plane < layer->planes; plane++) {
                add_wide(row + first + plane * layer->plane_bytes, next, weight_step, count, 2 * plane, sums);
            }
        }
    }
    const int32_t total = window_sum(layer, corner);
    const int32_t *thresholds = layer->thresholds + block * layer->threshold_count * DF_LANES_128;
    df_u8x16 levels = {0};
    for (int32_t k = 0; k < layer->threshold_count; k++, thresholds += DF_LANES_128) {
        for (int32_t lane = 0; lane < DF_LANES_128; lane++) {
            levels[lane] += 2 * sums[lane] - total >= thresholds[lane];
        }
    }
    df_store_levels(&layer->target, df_target_pixel(&layer->target, y, x), block * DF_LANES_128, levels);
}

static void compute_wide_blocks(const df_lut4_layer *layer, int32_t block, const uint8_t *weights, int32_t vectors) {
    for (int32_t v = 0; v < vectors; v++, weights += DF_LANES_128) {
        for (int32_t y = 0; y < layer->output_height; y++) {
            for (int32_t x = 0; x < layer->output_width; x++) {
                compute_wide(layer, y, x, block + v, weights, vectors * DF_LANES_128);
            }
        }
    }
}

/* Sum of the levels of each pixel of the image. */
static void sum_pixels(const df_lut4_layer *layer) {
    const int32_t pixels = layer->image_rows * layer->image_columns;
    for (int32_t pixel = 0; pixel < pixels; pixel++) {
        int32_t sum = 0;
        for (int32_t plane = 0; plane < layer->planes; plane++) {
            const uint8_t *groups = layer->image + plane * layer->plane_bytes + pixel * layer->pixel_bytes;
            int32_t digits = 0, group = 0;
            for (; group + DF_LANES_128 <= layer->pixel_bytes; group += DF_LANES_128) {
                const df_u8x16 bytes = df_load_u8(groups + group);
                const df_u8x16 pairs = (bytes & 0x33) + (bytes >> 2 & 0x33);
                const df_u16x8 fours = (df_u16x8)((pairs & 15) + (pairs >> 4));
                const df_u32x4 eights = (df_u32x4)((fours & 255) + (fours >> 8));
                const df_u32x4 sixteens = (eights & 0xffff) + (eights >> 16);
                digits += (int32_t)(sixteens[0] + sixteens[1] + sixteens[2] + sixteens[3]);
            }
            for (; group < layer->pixel_bytes; group++) digits += df_lookup_table[groups[group]][15];
            sum += digits << (2 * plane);
        }
        layer->sums[pixel] = sum;
    }
}

void df_conv_bits_lut4_128(const df_lut4_layer *layer) {
    const int32_t blocks = (layer->target.channels + DF_LANES_128 - 1) / DF_LANES_128;
    const int32_t steps = layer->kernel * layer->kernel * layer->pixel_bytes;
    const uint8_t *weights = layer->weights;
    sum_pixels(layer);
    for (int32_t block = 0; block < blocks; block += DF_LUT4_VECTORS) {
        const int32_t vectors = blocks - block < DF_LUT4_VECTORS ? blocks - block : DF_LUT4_VECTORS;
        if (layer->narrow_thresholds == 0)
            compute_wide_blocks(layer, block, weights, vectors);
        else if (vectors == 1)
            compute_blocks(layer, block, weights, 1);
        else if (vectors == 2)
            compute_blocks(layer, block, weights, 2);
#if DF_LUT4_VECTORS == 4
        else if (vectors == 3)
            compute_blocks(layer, block, weights, 3);
        else
            compute_blocks(layer, block, weights, 4);
#endif
        weights += steps * vectors * DF_LANES_128;
    }
}
#endif
