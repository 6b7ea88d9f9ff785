/* Levels of neighbouring channels, one byte each in a register, written in the format of a layout. */
#ifndef DF_STORE_AVX2_H
#define DF_STORE_AVX2_H

#include <immintrin.h>

#include "df_layout.h"

#define DF_AVX2_TARGET __attribute__((target("avx2")))
#define DF_INLINE_AVX2 static inline __attribute__((always_inline, target("avx2")))

/* 32 levels to 8 bytes of four levels each: pairs by 1 and 4, then pairs of pairs by 1 and 16. */
DF_INLINE_AVX2 uint64_t df_groups_of_32(__m256i levels) {
    const __m256i pairs = _mm256_maddubs_epi16(levels, _mm256_set1_epi16(0x0401));
    const __m256i groups = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00100001));
    const __m256i bytes = _mm256_shuffle_epi8(groups, _mm256_set1_epi32(0x0c080400));
    const uint64_t low = (uint32_t)_mm256_cvtsi256_si32(bytes);
    return low | (uint64_t)(uint32_t)_mm256_extract_epi32(bytes, 4) << 32;
}

/* The same for 16 levels. */
DF_INLINE_AVX2 uint32_t df_groups_of_16(__m128i levels) {
    const __m128i pairs = _mm_maddubs_epi16(levels, _mm_set1_epi16(0x0401));
    const __m128i groups = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00100001));
    return (uint32_t)_mm_cvtsi128_si32(_mm_shuffle_epi8(groups, _mm_set1_epi32(0x0c080400)));
}

/* The same for twice 32 levels. */
DF_INLINE_AVX2 __m128i df_groups_of_64(__m256i low, __m256i high) {
    const __m256i by_4 = _mm256_set1_epi16(0x0401), by_16 = _mm256_set1_epi32(0x00100001);
    const __m256i low_groups = _mm256_madd_epi16(_mm256_maddubs_epi16(low, by_4), by_16);
    const __m256i high_groups = _mm256_madd_epi16(_mm256_maddubs_epi16(high, by_4), by_16);
    /* In each half four groups of `low`, then four of `high`. */
    const __m256i words = _mm256_packus_epi32(low_groups, high_groups);
    const __m256i bytes = _mm256_packus_epi16(words, words);
    return _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 0, 4, 1, 5)));
}

/* The same for 32 levels of 32 bits. */
DF_INLINE_AVX2 uint64_t df_groups_of_words(__m256i a, __m256i b, __m256i c, __m256i d) {
    /* Groups 0, 2, 4 and 6 in the low half, the others in the high one. */
    const __m256i levels = _mm256_packus_epi16(_mm256_packus_epi32(a, b), _mm256_packus_epi32(c, d));
    const __m256i pairs = _mm256_maddubs_epi16(levels, _mm256_set1_epi16(0x0401));
    const __m256i groups = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00100001));
    const __m128i even = _mm256_castsi256_si128(groups), odd = _mm256_extracti128_si256(groups, 1);
    const __m128i both = _mm_or_si128(even, _mm_slli_epi32(odd, 8));
    return (uint64_t)_mm_cvtsi128_si64(_mm_shuffle_epi8(both, _mm_set1_epi64x(0x0d0c090805040100)));
}

DF_INLINE_AVX2 void df_store_bytes(uint8_t *target, const void *source, int32_t count) {
    for (int32_t i = 0; i < count; i++) target[i] = ((const uint8_t *)source)[i];
}

/* segment: of the pixel. first: channel of the first level, a multiple of 32. Channels after the last are left out. */
DF_INLINE_AVX2 void df_store_32(const df_layout *layout, uint8_t *segment, int32_t first, __m256i levels) {
    const int32_t channels = layout->shape.channels - first;
    if (layout->format == DF_GROUPS) {
        const uint64_t groups = df_groups_of_32(levels);
        if (channels >= 32)
            __builtin_memcpy(segment + first / 4, &groups, sizeof groups);
        else
            df_store_bytes(segment + first / 4, &groups, (channels + 3) / 4);
    } else if (channels >= 32) {
        _mm256_storeu_si256((__m256i *)(segment + first), levels);
    } else {
        uint8_t bytes[32];
        _mm256_storeu_si256((__m256i *)bytes, levels);
        df_store_bytes(segment + first, bytes, channels);
    }
}

/* As df_store_32, for a multiple of 16. */
DF_INLINE_AVX2 void df_store_16(const df_layout *layout, uint8_t *segment, int32_t first, __m128i levels) {
    const int32_t channels = layout->shape.channels - first;
    if (layout->format == DF_GROUPS) {
        const uint32_t groups = df_groups_of_16(levels);
        if (channels >= 16)
            __builtin_memcpy(segment + first / 4, &groups, sizeof groups);
        else
            df_store_bytes(segment + first / 4, &groups, (channels + 3) / 4);
    } else if (channels >= 16) {
        _mm_storeu_si128((__m128i *)(segment + first), levels);
    } else {
        uint8_t bytes[16];
        _mm_storeu_si128((__m128i *)bytes, levels);
        df_store_bytes(segment + first, bytes, channels);
    }
}

#endif
