/*
 * Convolution of bytes by int8 weights on AVX2. vpmaddubsw would saturate, so both are widened to 16 bits, whose products
 * vpmaddwd adds in pairs, exactly.
 */
#if defined(__x86_64__)
#include "df_packed_conv.h"
#include "df_store_avx2.h"
#include "df_tile.h"

enum { TILE_PIXELS = 2, STEP_BYTES = 4, REGISTERS = 4 };

/* 16 sums in channel order, from four registers of four channels with two partial sums each. */
DF_INLINE_AVX2 void add_pairs(const __m256i *partial, __m256i *sums) {
    for (int32_t half = 0; half < 2; half++) {
        /* 64-bit quarters: channels 01, 45, 23, 67. */
        const __m256i mixed = _mm256_hadd_epi32(partial[2 * half], partial[2 * half + 1]);
        sums[half] = _mm256_permute4x64_epi64(mixed, 0xd8);
    }
}

/* Levels of 16 channels, one byte each: all thresholds, less those above the sum. */
DF_INLINE_AVX2 __m128i levels_of(const __m256i *sums, const int32_t *thresholds, int32_t count) {
    __m256i levels[2];
    for (int32_t half = 0; half < 2; half++) {
        levels[half] = _mm256_set1_epi32(count);
        for (int32_t k = 0; k < count; k++) {
            const int32_t *row = thresholds + k * DF_WORD_LANES + half * 8;
            const __m256i above = _mm256_cmpgt_epi32(_mm256_load_si256((const __m256i *)row), sums[half]);
            levels[half] = _mm256_add_epi32(levels[half], above);
        }
    }
    const __m256i words = _mm256_permute4x64_epi64(_mm256_packus_epi32(levels[0], levels[1]), 0xd8);
    return _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
}

/* `pixels` neighbouring pixels of row y from x on, 16 channels. */
DF_INLINE_AVX2 void compute_tile(const df_packed_conv *restrict layer, const uint8_t *restrict input, uint8_t *restrict output, int32_t y, int32_t x,
                                 int32_t block, const int32_t pixels) {
    const int64_t pixel_step = (int64_t)layer->stride * layer->input.pixel_bytes;
    const uint8_t *row = input + (int64_t)y * layer->stride * layer->input.row_bytes + x * pixel_step;
    const int8_t *weights =
        (const int8_t *)layer->weights + (int64_t)block * layer->kernel * layer->steps * DF_WORD_LANES * STEP_BYTES;
    __m256i partial[TILE_PIXELS][REGISTERS];
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++)
        DF_UNROLL
        for (int32_t r = 0; r < REGISTERS; r++) partial[p][r] = _mm256_setzero_si256();
    for (int32_t dy = 0; dy < layer->kernel; dy++, row += layer->input.row_bytes) {
        const uint8_t *bytes = row;
        for (int32_t step = 0; step < layer->steps; step++, bytes += STEP_BYTES) {
            __m256i four[TILE_PIXELS];
            DF_UNROLL
            for (int32_t p = 0; p < pixels; p++) {
                int32_t word;
                __builtin_memcpy(&word, bytes + p * pixel_step, sizeof word);
                /* Four bytes everywhere, widened: the same four in each 64 bits. */
                four[p] = _mm256_unpacklo_epi8(_mm256_set1_epi32(word), _mm256_setzero_si256());
            }
            DF_UNROLL
            for (int32_t r = 0; r < REGISTERS; r++, weights += 4 * STEP_BYTES) {
                const __m256i weight = _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)weights));
                DF_UNROLL
                for (int32_t p = 0; p < pixels; p++)
                    partial[p][r] = _mm256_add_epi32(partial[p][r], _mm256_madd_epi16(four[p], weight));
            }
        }
    }
    const int32_t *thresholds =
        (const int32_t *)layer->thresholds + (int64_t)block * layer->threshold_count * DF_WORD_LANES;
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++) {
        __m256i sums[2];
        add_pairs(partial[p], sums);
        const __m128i levels = levels_of(sums, thresholds, layer->threshold_count);
        df_store_16(&layer->output, output + df_offset(&layer->output, y, x + p), block * DF_WORD_LANES, levels);
    }
}

DF_AVX2_TARGET void df_conv_bytes_avx2(const df_packed_conv *restrict layer, const uint8_t *restrict input, uint8_t *restrict output) {
    const df_shape shape = layer->output.shape;
    for (int32_t first = 0, block = 0; first < shape.channels; first += DF_WORD_LANES, block++) {
        for (int32_t y = 0; y < shape.height; y++) {
#define TILE(x, pixels) compute_tile(layer, input, output, y, x, block, pixels)
            DF_TILE_ROW(shape.width, TILE_PIXELS, 1, TILE);
        }
    }
}
#endif
