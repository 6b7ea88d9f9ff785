/*
 * Convolution of bytes by int8 weights on AVX2. vpmaddubsw would saturate, so both are widened to 16 bits, whose products
 * vpmaddwd adds in pairs, exactly: the weights at conversion time, the bytes when a tile meets them.
 */
#if defined(__x86_64__)
#include "df_packed_conv.h"
#include "df_store_avx2.h"
#include "df_tile.h"

/* CHUNK_PAIRS: of taps, widened at once. */
enum { TILE_PIXELS = 2, TILE_BLOCKS = 2, CHUNK_PAIRS = 8 };

/* Eight channels in a register. */
enum { BLOCK_REGISTERS = DF_WORD_LANES / 8, TILE_REGISTERS = TILE_BLOCKS * BLOCK_REGISTERS };

/* Levels of a register's channels: all thresholds, less those above the sum (a comparison that holds is -1). */
DF_INLINE_AVX2 __m256i levels_of(__m256i sums, const int32_t *thresholds, const int32_t count) {
    __m256i levels = _mm256_set1_epi32(count);
    for (int32_t k = 0; k < count; k++, thresholds += DF_WORD_LANES) {
        const __m256i row = _mm256_load_si256((const __m256i *)thresholds);
        levels = _mm256_add_epi32(levels, _mm256_cmpgt_epi32(row, sums));
    }
    return levels;
}

/* One pixel's `blocks` * 16 channels. A function of its own, so that each kind of tile need not have its code. */
static __attribute__((noinline, target("avx2"))) void store_blocks(const df_packed_conv *layer, uint8_t *segment,
                                                                   int32_t block, const __m256i *sums, int32_t blocks) {
    const int32_t count = layer->threshold_count;
    for (int32_t b = block; b < block + blocks; b++, sums += BLOCK_REGISTERS) {
        const int32_t *thresholds = (const int32_t *)layer->thresholds + (int64_t)b * count * DF_WORD_LANES;
        const __m256i low = levels_of(sums[0], thresholds, count), high = levels_of(sums[1], thresholds + 8, count);
        const __m256i words = _mm256_permute4x64_epi64(_mm256_packus_epi32(low, high), 0xd8);
        const __m128i levels = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
        df_store_16(&layer->output, segment, b * DF_WORD_LANES, levels);
    }
}

/* The same. Two blocks with three thresholds for the table of the next layer, the usual case, are stored at once. */
DF_INLINE_AVX2 void store_pixel(const df_packed_conv *layer, uint8_t *segment, int32_t block, const __m256i *sums,
                                const int32_t blocks) {
    const int32_t first = block * DF_WORD_LANES, channels = layer->output.shape.channels - first;
    if (blocks == 2 && channels >= 2 * DF_WORD_LANES && layer->threshold_count == 3 && layer->output.format == DF_GROUPS) {
        const int32_t *one = (const int32_t *)layer->thresholds + (int64_t)first * 3, *two = one + 3 * DF_WORD_LANES;
        const uint64_t groups = df_groups_of_words(levels_of(sums[0], one, 3), levels_of(sums[1], one + 8, 3),
                                                   levels_of(sums[2], two, 3), levels_of(sums[3], two + 8, 3));
        __builtin_memcpy(segment + first / 4, &groups, sizeof groups);
        return;
    }
    /* A copy: what another function gets the address of would not stay in registers. */
    __m256i kept[TILE_REGISTERS];
    DF_UNROLL
    for (int32_t r = 0; r < blocks * BLOCK_REGISTERS; r++) kept[r] = sums[r];
    store_blocks(layer, segment, block, kept, blocks);
}

/* `pixels` neighbouring pixels of row y from x on, times `blocks` * 16 channels; both are constants where inlined. */
DF_INLINE_AVX2 void compute_tile(const df_packed_conv *restrict layer, const uint8_t *restrict input, uint8_t *restrict output, int32_t y, int32_t x,
                                 int32_t block, const int32_t pixels, const int32_t blocks) {
    const int64_t pixel_step = (int64_t)layer->stride * layer->input.pixel_bytes;
    const uint8_t *row = input + (int64_t)y * layer->stride * layer->input.row_bytes + x * pixel_step;
    const int32_t pairs = (layer->kernel * layer->input.pixel_bytes + 1) / 2;
    const int64_t block_weights = (int64_t)layer->kernel * pairs * DF_WORD_LANES * 2;
    const int16_t *weights = layer->pairs + block * block_weights;
    __m256i sums[TILE_PIXELS][TILE_REGISTERS];
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++)
        DF_UNROLL
        for (int32_t r = 0; r < TILE_REGISTERS; r++) sums[p][r] = _mm256_setzero_si256();
    for (int32_t dy = 0; dy < layer->kernel; dy++, row += layer->input.row_bytes) {
        for (int32_t first = 0; first < pairs; first += CHUNK_PAIRS) {
            int16_t wide[TILE_PIXELS][2 * CHUNK_PAIRS];
            DF_UNROLL
            for (int32_t p = 0; p < pixels; p++) {
                const __m128i *bytes = (const __m128i *)(row + p * pixel_step + 2 * first);
                _mm256_storeu_si256((__m256i *)wide[p], _mm256_cvtepu8_epi16(_mm_loadu_si128(bytes)));
            }
            const int32_t left = pairs - first, steps = left < CHUNK_PAIRS ? left : CHUNK_PAIRS;
            for (int32_t step = 0; step < steps; step++, weights += DF_WORD_LANES * 2) {
                __m256i both[TILE_PIXELS];
                DF_UNROLL
                for (int32_t p = 0; p < pixels; p++) {
                    int32_t pair;
                    __builtin_memcpy(&pair, wide[p] + 2 * step, sizeof pair);
                    both[p] = _mm256_set1_epi32(pair);
                }
                DF_UNROLL
                for (int32_t r = 0; r < blocks * BLOCK_REGISTERS; r++) {
                    const int16_t *place = weights + r / BLOCK_REGISTERS * block_weights + r % BLOCK_REGISTERS * 16;
                    const __m256i weight = _mm256_load_si256((const __m256i *)place);
                    DF_UNROLL
                    for (int32_t p = 0; p < pixels; p++)
                        sums[p][r] = _mm256_add_epi32(sums[p][r], _mm256_madd_epi16(both[p], weight));
                }
            }
        }
    }
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++)
        store_pixel(layer, output + df_offset(&layer->output, y, x + p), block, sums[p], blocks);
}

DF_AVX2_TARGET void df_conv_bytes_avx2(const df_packed_conv *restrict layer, const uint8_t *restrict input, uint8_t *restrict output) {
    const df_shape shape = layer->output.shape;
    for (int32_t block = 0; block * DF_WORD_LANES < shape.channels; block += TILE_BLOCKS) {
        for (int32_t y = 0; y < shape.height; y++) {
#define TWO_BLOCKS(x, pixels) compute_tile(layer, input, output, y, x, block, pixels, 2)
#define ONE_BLOCK(x, pixels) compute_tile(layer, input, output, y, x, block, pixels, 1)
            if (shape.channels - block * DF_WORD_LANES > DF_WORD_LANES)
                DF_TILE_ROW(shape.width, TILE_PIXELS, 1, TWO_BLOCKS);
            else
                DF_TILE_ROW(shape.width, TILE_PIXELS, 1, ONE_BLOCK);
        }
    }
}
#endif
