/* Levels of neighbouring channels in AVX-512 registers, written in the format of a layout. */
#ifndef DF_STORE_AVX512_H
#define DF_STORE_AVX512_H

#include "df_store_avx2.h"

#define DF_AVX512_FEATURES "avx2,bmi2,avx512f,avx512bw,avx512dq,avx512vl"
#define DF_INLINE_AVX512 static inline __attribute__((always_inline, target(DF_AVX512_FEATURES)))

/* Bits 0 .. count - 1, for counts up to 64. */
DF_INLINE_AVX512 uint64_t df_low_bits(int32_t count) {
    return count >= 64 ? ~0ull : (1ull << count) - 1;
}

/* The bits of one plane of 16 channels; the other half of a last word becomes 0. */
DF_INLINE_AVX512 void df_store_plane(const df_layout *layout, uint8_t *segment, int32_t first, int32_t plane,
                                     uint16_t bits) {
    uint8_t *word = segment + (first / 32 * layout->bits + plane) * 4;
    if (first % 32 == 0 && layout->shape.channels - first <= 16) {
        const uint32_t whole = bits;
        __builtin_memcpy(word, &whole, sizeof whole);
    } else {
        __builtin_memcpy(word + first % 32 / 8, &bits, sizeof bits);
    }
}

/* 16 channels, 32 bits each. first: a multiple of 16. */
DF_INLINE_AVX512 void df_store_words(const df_layout *layout, uint8_t *segment, int32_t first, __m512i levels) {
    const int32_t channels = layout->shape.channels - first;
    switch (layout->format) {
    case DF_PLANES:
        for (int32_t plane = 0; plane < layout->bits; plane++) {
            const __mmask16 bits = _mm512_test_epi32_mask(levels, _mm512_set1_epi32(1 << plane));
            df_store_plane(layout, segment, first, plane, (uint16_t)bits);
        }
        break;
    case DF_GROUPS:
        df_store_16(layout, segment, first, _mm512_cvtepi32_epi8(levels));
        break;
    case DF_LEVELS:
        _mm512_mask_cvtepi32_storeu_epi8(segment + first, (__mmask16)df_low_bits(channels), levels);
        break;
    }
}

/* 16 channels from the masks of three thresholds, each of which is reached only where the one before is: planes of two bits. */
DF_INLINE_AVX512 void df_store_three(const df_layout *layout, uint8_t *segment, int32_t first, uint32_t reached_1,
                                     uint32_t reached_2, uint32_t reached_3) {
    df_store_plane(layout, segment, first, 0, (uint16_t)(reached_1 ^ reached_2 ^ reached_3));
    df_store_plane(layout, segment, first, 1, (uint16_t)reached_2);
}

#endif
