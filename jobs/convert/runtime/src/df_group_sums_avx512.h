/*
 * Sums of table entries for AVX-512: one register of bytes per pixel and 64 channels. The bytes wrap around; now and then,
 * before a byte can do so twice, the carries are counted, in bytes again. That takes two instructions a register, and to widen
 * the bytes to 16 bits three.
 */
#ifndef DF_GROUP_SUMS_AVX512_H
#define DF_GROUP_SUMS_AVX512_H

#include "df_packed_conv.h"
#include "df_store_avx512.h"
#include "df_tile.h"

/* Of a tile, at most. */
enum { DF_SUM_PIXELS = 8, DF_SUM_BLOCKS = 2 };

/* Side of the windows of stride 1 whose columns neighbouring pixels share. */
enum { DF_SHARED_TAPS = 3 };

/* So much may be added to a byte between two counts of its carries. */
enum { DF_SUM_ROOM = 255 };

typedef struct df_group_sums {
    __m512i at[DF_SUM_PIXELS][DF_SUM_BLOCKS];
} df_group_sums;

DF_INLINE_AVX512 void df_clear_sums(df_group_sums *sums, const int32_t pixels, const int32_t blocks) {
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++)
        DF_UNROLL
        for (int32_t b = 0; b < blocks; b++) sums->at[p][b] = _mm512_setzero_si512();
}

/* For a function that is not inlined: what it gets the address of would not stay in registers before. */
DF_INLINE_AVX512 void df_copy_sums(df_group_sums *target, const df_group_sums *source, const int32_t pixels,
                                   const int32_t blocks) {
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++)
        DF_UNROLL
        for (int32_t b = 0; b < blocks; b++) target->at[p][b] = source->at[p][b];
}

/* counted: the bytes when their carries were counted last. A byte below what it was has wrapped around. */
DF_INLINE_AVX512 void df_count_carries(const df_group_sums *bytes, df_group_sums *counted, df_group_sums *carries,
                                       const int32_t pixels, const int32_t blocks) {
    const __m512i one = _mm512_set1_epi8(1);
    DF_UNROLL
    for (int32_t p = 0; p < pixels; p++) {
        DF_UNROLL
        for (int32_t b = 0; b < blocks; b++) {
            const __mmask64 wrapped = _mm512_cmplt_epu8_mask(bytes->at[p][b], counted->at[p][b]);
            carries->at[p][b] = _mm512_mask_add_epi8(carries->at[p][b], wrapped, carries->at[p][b], one);
            counted->at[p][b] = bytes->at[p][b];
        }
    }
    /* Both stay in memory: the compiler would rather have them in registers than the bytes. */
    __asm__ volatile("" ::"r"(counted), "r"(carries) : "memory");
}

/* 16-bit sums of the even channels, and of the odd ones. */
typedef struct df_wide_sums {
    __m512i even, odd;
} df_wide_sums;

DF_INLINE_AVX512 df_wide_sums df_widen_sums(__m512i bytes, __m512i carries) {
    const __m512i low = _mm512_set1_epi16(0xff);
    /* 0xca: where a bit of the first is set that of the second, else that of the third. */
    return (df_wide_sums){_mm512_ternarylogic_epi32(low, bytes, _mm512_slli_epi16(carries, 8), 0xca),
                          _mm512_ternarylogic_epi32(low, _mm512_srli_epi16(bytes, 8), carries, 0xca)};
}

/*
 * Number of thresholds that the sums reach: of each two channels the even one's, plus `odd` times the odd one's. Counts those
 * that are not reached, since the compiler would turn the opposite comparison round and need an instruction more.
 */
DF_INLINE_AVX512 __m512i df_levels_of_sums(df_wide_sums sums, const int16_t *thresholds, const int32_t count, const int16_t odd) {
    const __m512i one = _mm512_set1_epi16(1), odd_one = _mm512_set1_epi16(odd);
    __m512i levels = _mm512_set1_epi16((int16_t)(count * (1 + odd)));
    for (int32_t k = 0; k < count; k++, thresholds += DF_GROUP_LANES) {
        const __mmask32 below = _mm512_cmpgt_epi16_mask(_mm512_load_si512(thresholds), sums.even);
        const __mmask32 odd_below = _mm512_cmpgt_epi16_mask(_mm512_load_si512(thresholds + DF_GROUP_LANES / 2), sums.odd);
        levels = _mm512_mask_sub_epi16(levels, below, levels, one);
        levels = _mm512_mask_sub_epi16(levels, odd_below, levels, odd_one);
    }
    return levels;
}

/* Levels of 64 channels of a pixel to their places. first: a multiple of 64. Channels after the last are left out. */
DF_INLINE_AVX512 void df_store_levels_of_sums(const df_layout *layout, uint8_t *segment, int32_t first, df_wide_sums sums,
                                              const int16_t *thresholds, const int32_t count) {
    const int32_t channels = layout->shape.channels - first;
    if (layout->format == DF_GROUPS) {
        /* Pairs of channels have four bits, and pairs of pairs eight. */
        const __m512i pairs = df_levels_of_sums(sums, thresholds, count, 4);
        const __m512i groups = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00100001));
        if (channels >= DF_GROUP_LANES)
            _mm_storeu_si128((__m128i *)(segment + first / 4), _mm512_cvtepi32_epi8(groups));
        else
            _mm512_mask_cvtepi32_storeu_epi8(segment + first / 4, (__mmask16)df_low_bits((channels + 3) / 4), groups);
    } else {
        const __m512i levels = df_levels_of_sums(sums, thresholds, count, 256);
        _mm512_mask_storeu_epi8(segment + first, df_low_bits(channels), levels);
    }
}

/* Sums to levels, and those to their places. thresholds: of the first of the layer's channels. A function of its own, so that each kind of tile need not have its code. */
static __attribute__((noinline, target(DF_AVX512_FEATURES))) void
df_store_sums(const df_packed_conv *layer, uint8_t *output, int32_t y, int32_t x, int32_t block,
              const int16_t *thresholds, const df_group_sums *bytes, const df_group_sums *carries, int32_t pixels,
              int32_t blocks) {
    /* A copy, which a store cannot change. */
    const df_layout layout = layer->output;
    const int32_t count = layer->threshold_count;
    for (int32_t b = 0; b < blocks; b++) {
        const int32_t first = (block + b) * DF_GROUP_LANES;
        const int16_t *row = thresholds + (int64_t)first * count;
        for (int32_t p = 0; p < pixels; p++) {
            uint8_t *segment = output + df_offset(&layout, y, x + p);
            const df_wide_sums sums = df_widen_sums(bytes->at[p][b], carries->at[p][b]);
            if (count == 3)
                df_store_levels_of_sums(&layout, segment, first, sums, row, 3);
            else
                df_store_levels_of_sums(&layout, segment, first, sums, row, count);
        }
    }
}

#endif
