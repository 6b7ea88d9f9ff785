/*
 * Vectors of 128 bits for WebAssembly, aarch64 and armv7: plain arithmetic by the compiler's vector types, and the few
 * instructions that C cannot say.
 */
#ifndef DF_SIMD_128_H
#define DF_SIMD_128_H

#include <stdint.h>

typedef uint8_t df_u8x16 __attribute__((vector_size(16)));
typedef uint16_t df_u16x8 __attribute__((vector_size(16)));
typedef int16_t df_i16x8 __attribute__((vector_size(16)));
typedef uint32_t df_u32x4 __attribute__((vector_size(16)));
typedef int32_t df_i32x4 __attribute__((vector_size(16)));

#define DF_INLINE static inline __attribute__((always_inline))

/* Before a loop whose arrays have to live in registers. */
#if defined(__clang__)
#define DF_UNROLL _Pragma("clang loop unroll(full)")
#define DF_ROLLED _Pragma("clang loop unroll(disable)")
#else
#define DF_UNROLL _Pragma("GCC unroll 16")
#define DF_ROLLED _Pragma("GCC unroll 1")
#endif

DF_INLINE df_u8x16 df_load_u8(const void *address) {
    df_u8x16 vector;
    __builtin_memcpy(&vector, address, sizeof vector);
    return vector;
}

DF_INLINE void df_store_u8(void *address, df_u8x16 vector) {
    __builtin_memcpy(address, &vector, sizeof vector);
}

DF_INLINE df_i16x8 df_splat_i16(int16_t value) {
    return (df_i16x8){value, value, value, value, value, value, value, value};
}

DF_INLINE df_u16x8 df_splat_u16(uint16_t value) {
    return (df_u16x8)df_splat_i16((int16_t)value);
}

DF_INLINE df_i32x4 df_splat_i32(int32_t value) {
    return (df_i32x4){value, value, value, value};
}

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>

/* Entry indices[i] of the table in lane i; the indices are below 16. */
DF_INLINE df_u8x16 df_look_up(df_u8x16 table, df_u8x16 indices) {
#if defined(__wasm_relaxed_simd__)
    /* Leaves open what an index of 16 or more gives, which spares x86 an instruction. */
    return (df_u8x16)__builtin_wasm_relaxed_swizzle_i8x16((__i8x16)table, (__i8x16)indices);
#else
    return (df_u8x16)wasm_i8x16_swizzle((v128_t)table, (v128_t)indices);
#endif
}

/* Products of the lanes, added in pairs. */
DF_INLINE df_i32x4 df_dot_pairs(df_i16x8 a, df_i16x8 b) {
    return (df_i32x4)wasm_i32x4_dot_i16x8((v128_t)a, (v128_t)b);
}

/* Two unsigned bytes, widened, four times. */
DF_INLINE df_i16x8 df_load_two_four_times(const uint8_t *bytes) {
    return (df_i16x8)wasm_u16x8_extend_low_u8x16(wasm_v128_load16_splat(bytes));
}

#elif defined(__ARM_NEON)
#include <arm_neon.h>

DF_INLINE df_u8x16 df_look_up(df_u8x16 table, df_u8x16 indices) {
#if defined(__aarch64__)
    return (df_u8x16)vqtbl1q_u8((uint8x16_t)table, (uint8x16_t)indices);
#else
    const uint8x8x2_t halves = {{vget_low_u8((uint8x16_t)table), vget_high_u8((uint8x16_t)table)}};
    return (df_u8x16)vcombine_u8(vtbl2_u8(halves, vget_low_u8((uint8x16_t)indices)),
                                 vtbl2_u8(halves, vget_high_u8((uint8x16_t)indices)));
#endif
}
#endif

#endif
