/*
 * The binary convolution by table lookup, for 2-bit levels on AVX2. Four channels' levels make one byte; a constant
 * table holds, for each such byte and each choice of four weight bits, the sum of the chosen levels. One shuffle looks
 * up 32 output channels at once, one addition accumulates them: 128 multiply-accumulates in two instructions.
 */
#if defined(__x86_64__)
#include <immintrin.h>

#include "df_conv_bits.h"
#include "df_lookup_table.h"

#define AVX2 __attribute__((target("avx2")))
#define INLINE_AVX2 static inline __attribute__((always_inline, target("avx2")))

/* A lookup is at most 4 * 3 = 12, so 21 of them fit a byte. */
enum { STEPS_PER_FOLD = 21, TILE_PIXELS = 4, TILE_REGISTERS = 2 };

/* One register per pixel and block of 32 channels. Lives in registers where the functions below are inlined. */
typedef struct tile {
    __m256i at[TILE_PIXELS][TILE_REGISTERS];
} tile;

/* What a tile needs beside its place. */
typedef struct tile_context {
    const df_bits_layer *layer;
    const df_packed_image *image;
    /* Bytes of a packed pixel. */
    int32_t groups;
    /* Bytes of one block's weights. */
    int32_t block_bytes;
} tile_context;

INLINE_AVX2 void clear(tile *sums, const int32_t pixels, const int32_t registers) {
    for (int32_t p = 0; p < pixels; p++) {
        for (int32_t r = 0; r < registers; r++) sums->at[p][r] = _mm256_setzero_si256();
    }
}

/* The lookups of at most STEPS_PER_FOLD groups, summed in bytes. row: the first group of the first pixel's window. */
INLINE_AVX2 tile look_up(const tile_context *context, const uint8_t *row, const uint8_t *weights, int32_t steps,
                         const int32_t pixels, const int32_t registers) {
    const int32_t pixel_step = context->layer->window.stride * context->groups;
    tile bytes;
    clear(&bytes, pixels, registers);
    for (int32_t step = 0; step < steps; step++, weights += DF_NIBBLE_LANES) {
        __m256i choice[TILE_REGISTERS];
        for (int32_t r = 0; r < registers; r++) {
            choice[r] = _mm256_load_si256((const __m256i *)(weights + r * context->block_bytes));
        }
        for (int32_t p = 0; p < pixels; p++) {
            const __m128i *entry = (const __m128i *)df_lookup_table[row[p * pixel_step + step]];
            const __m256i table = _mm256_broadcastsi128_si256(_mm_load_si128(entry));
            for (int32_t r = 0; r < registers; r++) {
                bytes.at[p][r] = _mm256_add_epi8(bytes.at[p][r], _mm256_shuffle_epi8(table, choice[r]));
            }
        }
    }
    return bytes;
}

/* Adds the bytes of even and of odd channels to their 16-bit sums. */
INLINE_AVX2 void fold(const tile *bytes, tile *even, tile *odd, const int32_t pixels, const int32_t registers) {
    for (int32_t p = 0; p < pixels; p++) {
        for (int32_t r = 0; r < registers; r++) {
            const __m256i low = _mm256_and_si256(bytes->at[p][r], _mm256_set1_epi16(255));
            even->at[p][r] = _mm256_add_epi16(even->at[p][r], low);
            odd->at[p][r] = _mm256_add_epi16(odd->at[p][r], _mm256_srli_epi16(bytes->at[p][r], 8));
        }
    }
}

/* Levels of 32 channels from their accumulators, even and odd channels apart, as the thresholds are. */
INLINE_AVX2 __m256i levels_of(__m256i even, __m256i odd, const int16_t *thresholds, int32_t count) {
    __m256i even_levels = _mm256_setzero_si256(), odd_levels = _mm256_setzero_si256();
    for (int32_t k = 0; k < count; k++, thresholds += DF_NIBBLE_LANES) {
        const __m256i *row = (const __m256i *)thresholds;
        /* A comparison that holds is -1. */
        even_levels = _mm256_sub_epi16(even_levels, _mm256_cmpgt_epi16(even, _mm256_loadu_si256(row)));
        odd_levels = _mm256_sub_epi16(odd_levels, _mm256_cmpgt_epi16(odd, _mm256_loadu_si256(row + 1)));
    }
    return _mm256_or_si256(even_levels, _mm256_slli_epi16(odd_levels, 8));
}

INLINE_AVX2 void store_levels(uint8_t *output, __m256i levels, int32_t channels) {
    if (channels >= DF_NIBBLE_LANES) {
        _mm256_storeu_si256((__m256i *)output, levels);
        return;
    }
    uint8_t bytes[DF_NIBBLE_LANES];
    _mm256_storeu_si256((__m256i *)bytes, levels);
    for (int32_t c = 0; c < channels; c++) output[c] = bytes[c];
}

/* Levels of one pixel and one block from the sums of the levels whose weight is +1. total: sum of all levels. */
INLINE_AVX2 void store_pixel(const df_bits_layer *layer, int32_t block, __m256i even, __m256i odd, int32_t total,
                             uint8_t *output) {
    const df_window *window = &layer->window;
    const int16_t *thresholds = layer->nibbles->thresholds + block * window->threshold_count * DF_NIBBLE_LANES;
    /* 16-bit lanes may wrap on the way; the difference fits, or the layer would have no nibbles. */
    const __m256i totals = _mm256_set1_epi16((int16_t)total);
    even = _mm256_sub_epi16(_mm256_add_epi16(even, even), totals);
    odd = _mm256_sub_epi16(_mm256_add_epi16(odd, odd), totals);
    const __m256i levels = levels_of(even, odd, thresholds, window->threshold_count);
    store_levels(output, levels, window->output.channels - block * DF_NIBBLE_LANES);
}

/*
 * `pixels` neighbouring output pixels times `registers` blocks of 32 channels; both are constants where this is
 * inlined. corner: index of the first window's top left pixel. output: the first pixel's first channel of `block`.
 */
INLINE_AVX2 void compute_tile(const tile_context *context, int32_t corner, int32_t block, uint8_t *output,
                              const int32_t pixels, const int32_t registers) {
    const df_window *window = &context->layer->window;
    const df_packed_image *image = context->image;
    const int32_t run = window->kernel * context->groups;
    const uint8_t *weights = context->layer->nibbles->weights + (int64_t)block * context->block_bytes;
    tile even, odd;
    clear(&even, pixels, registers);
    clear(&odd, pixels, registers);
    for (int32_t dy = 0; dy < window->kernel; dy++) {
        const uint8_t *row =
            (const uint8_t *)image->data + (int64_t)(corner + dy * image->row_pixels) * context->groups;
        for (int32_t first = 0; first < run; first += STEPS_PER_FOLD) {
            const int32_t steps = run - first < STEPS_PER_FOLD ? run - first : STEPS_PER_FOLD;
            const tile bytes = look_up(context, row + first, weights, steps, pixels, registers);
            fold(&bytes, &even, &odd, pixels, registers);
            weights += steps * DF_NIBBLE_LANES;
        }
    }
    for (int32_t p = 0; p < pixels; p++) {
        const int32_t total = df_window_sum(image, corner + p * window->stride, window->kernel);
        uint8_t *pixel = output + p * window->output.channels;
        for (int32_t r = 0; r < registers; r++) {
            store_pixel(context->layer, block + r, even.at[p][r], odd.at[p][r], total, pixel + r * DF_NIBBLE_LANES);
        }
    }
}

/* One row of output pixels for `registers` blocks of channels. Narrow images are done pixel by pixel. */
INLINE_AVX2 void compute_row(const tile_context *context, int32_t y, int32_t block, uint8_t *output,
                             const int32_t registers) {
    const df_window *window = &context->layer->window;
    const int32_t width = window->output.width, channels = window->output.channels;
    const int32_t corner = y * window->stride * context->image->row_pixels;
    uint8_t *row = output + (int64_t)y * width * channels + block * DF_NIBBLE_LANES;
    if (width < TILE_PIXELS) {
        for (int32_t x = 0; x < width; x++) {
            compute_tile(context, corner + x * window->stride, block, row + x * channels, 1, registers);
        }
        return;
    }
    for (int32_t x = 0; x < width; x += TILE_PIXELS) {
        /* The last tile of an odd width starts earlier and computes some pixels twice. */
        const int32_t left = x <= width - TILE_PIXELS ? x : width - TILE_PIXELS;
        compute_tile(context, corner + left * window->stride, block, row + left * channels, TILE_PIXELS, registers);
    }
}

AVX2 void df_conv_bits_avx2(const df_bits_layer *layer, const uint8_t *input, uint8_t *output, void *scratch) {
    const df_window *window = &layer->window;
    const df_packed_image image = df_pack_groups(layer, input, scratch);
    const int32_t groups = df_group_count(layer);
    const tile_context context = {layer, &image, groups, window->kernel * window->kernel * groups * DF_NIBBLE_LANES};
    const int32_t blocks = (window->output.channels + DF_NIBBLE_LANES - 1) / DF_NIBBLE_LANES;
    int32_t block = 0;
    for (; block + TILE_REGISTERS <= blocks; block += TILE_REGISTERS) {
        for (int32_t y = 0; y < window->output.height; y++) compute_row(&context, y, block, output, TILE_REGISTERS);
    }
    for (; block < blocks; block++) {
        for (int32_t y = 0; y < window->output.height; y++) compute_row(&context, y, block, output, 1);
    }
}
#endif
