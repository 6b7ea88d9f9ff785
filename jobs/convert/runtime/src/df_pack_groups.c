/* Packs an image of levels for the table-lookup kernel, with a border of the padding level, and adds up each pixel's levels. */
#if defined(__x86_64__)
#include <immintrin.h>

#include "df_conv_bits.h"

#define AVX2 __attribute__((target("avx2")))
#define INLINE_AVX2 static inline __attribute__((always_inline, target("avx2")))

/* 32 levels to 8 bytes: pairs by 1 and 4, then pairs of pairs by 1 and 16. */
INLINE_AVX2 uint64_t pack_32_levels(__m256i levels) {
    const __m256i pairs = _mm256_maddubs_epi16(levels, _mm256_set1_epi16(0x0401));
    const __m256i groups = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00100001));
    const __m256i bytes = _mm256_shuffle_epi8(groups, _mm256_set1_epi32(0x0c080400));
    const __m256i both = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 0, 4, 0, 4, 0, 4));
    return (uint64_t)_mm_cvtsi128_si64(_mm256_castsi256_si128(both));
}

INLINE_AVX2 int32_t sum_of_four(__m256i sums) {
    const __m128i two = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    return (int32_t)(_mm_cvtsi128_si64(two) + _mm_extract_epi64(two, 1));
}

/* Returns the sum of the levels. */
INLINE_AVX2 int32_t pack_pixel(const uint8_t *pixel, int32_t channels, uint8_t *groups) {
    __m256i sums = _mm256_setzero_si256();
    int32_t c = 0;
    for (; c + 32 <= channels; c += 32) {
        const __m256i levels = _mm256_loadu_si256((const __m256i *)(pixel + c));
        const uint64_t packed = pack_32_levels(levels);
        __builtin_memcpy(groups + c / 4, &packed, sizeof packed);
        sums = _mm256_add_epi64(sums, _mm256_sad_epu8(levels, _mm256_setzero_si256()));
    }
    int32_t sum = sum_of_four(sums);
    for (; c < channels; c += 4) {
        uint8_t packed = 0;
        for (int32_t i = 0; i < 4 && c + i < channels; i++) {
            packed |= (uint8_t)(pixel[c + i] << (2 * i));
            sum += pixel[c + i];
        }
        groups[c / 4] = packed;
    }
    return sum;
}

AVX2 df_packed_image df_pack_groups(const df_bits_layer *layer, const uint8_t *input, void *scratch) {
    const df_window *window = &layer->window;
    const df_packed_image image = df_plan_packed_image(window, scratch);
    const int32_t groups = df_group_count(layer);
    uint8_t *target = image.data;
    int32_t *sums = image.sums;
    /* Four times the level; the groups' places after the last channel meet weight bits of 0. */
    const uint8_t padding_group = (uint8_t)(window->padding_level * 0x55);
    const int32_t padding_sum = window->padding_level * window->input.channels;
    for (int32_t row = -window->padding; row < window->input.height + window->padding; row++) {
        for (int32_t column = -window->padding; column < window->input.width + window->padding; column++) {
            if (row < 0 || row >= window->input.height || column < 0 || column >= window->input.width) {
                for (int32_t group = 0; group < groups; group++) target[group] = padding_group;
                *sums++ = padding_sum;
            } else {
                *sums++ = pack_pixel(input, window->input.channels, target);
                input += window->input.channels;
            }
            target += groups;
        }
    }
    return image;
}
#endif
