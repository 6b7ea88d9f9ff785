/* A converted network as a library: uint8 pixels in, int32 logits out, the same integers on every machine. */
#ifndef DROPFORGE_H
#define DROPFORGE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DF_API __attribute__((visibility("default")))

/* Of the runtime that a library was built from. */
#define DF_VERSION "0.1.0"

/* Changes when a caller must be compiled again. */
#define DF_ABI_VERSION 1u

enum {
    DF_OK = 0,
    /* A required pointer is null. */
    DF_ERROR_ARGUMENT = -1,
    /* The arena is smaller than df_model_info()->arena_bytes or not aligned to DF_ARENA_ALIGNMENT bytes. */
    DF_ERROR_ARENA = -2,
    /* This library has no kernels of that name, or this processor cannot run them. */
    DF_ERROR_KERNELS = -3,
    /* Of libdlk_fpga alone, whose network runs on an engine in the FPGA. */
    /* There is no UIO device named dropforge, or DF_ENGINE names no engine. */
    DF_ERROR_ENGINE_NONE = -16,
    /* The engine's device may not be opened by this user. */
    DF_ERROR_ENGINE_PERMISSION = -17,
    /* Nothing answers as the engine: the FPGA has another design, or none. */
    DF_ERROR_ENGINE_NO_BITSTREAM = -18,
    /* The engine has another major version than the library. */
    DF_ERROR_ENGINE_VERSION = -19,
    /* The engine's array has another size than the one that the network was packed for. */
    DF_ERROR_ENGINE_ARRAY = -20,
    /* Other processes or threads have used the engine for seconds. */
    DF_ERROR_ENGINE_HELD = -21,
    /* The engine refuses the library's network, which is damaged. */
    DF_ERROR_ENGINE_IMAGE = -22,
    /* The engine forgot its network between loading and running. */
    DF_ERROR_ENGINE_NOT_LOADED = -23,
    /* The engine did not end in time; it was stopped. */
    DF_ERROR_ENGINE_STUCK = -24,
    /* The engine stopped the run: its program leaves a memory, or takes too many cycles. */
    DF_ERROR_ENGINE_STOPPED = -25,
    /* The engine was reset, or went away, during the run. */
    DF_ERROR_ENGINE_LOST = -26,
};

#define DF_ARENA_ALIGNMENT 64u

typedef struct df_info {
    uint32_t abi_version;
    uint32_t height;
    uint32_t width;
    uint32_t channels;
    uint32_t classes;
    /* Layers, the head included. */
    uint32_t layers;
    /* Working memory of one run. */
    uint64_t arena_bytes;
    /* Multiply logits by this before a softmax; for display only. */
    double logit_scale;
    /* SHA-256 of the model file, 64 hex digits. */
    const char *model_digest;
    /* UTF-8, by label index. */
    const char *const *class_names;
    const char *const *layer_names;
} df_info;

/*
 * Called after each layer with its levels (NHWC, one byte each); for the head with the bytes of the logits. An engine shows
 * the last layer before the head and the head.
 */
typedef void (*df_observer)(void *context, uint32_t layer, const uint8_t *levels, uint64_t bytes);

/* DF_ABI_VERSION of the library; check it before anything else. */
DF_API uint32_t df_abi_version(void);

/* DF_VERSION of the library. */
DF_API const char *df_version(void);

/* One English sentence about a result of the functions below. Never null. */
DF_API const char *df_error_text(int32_t code);

/* Describes the network. Never null; lives as long as the library. */
DF_API const df_info *df_model_info(void);

/*
 * Runs one image. pixels: uint8 height x width x channels. logits: one int32 per class. arena: working memory, or null
 * for the library's own, which only one thread may use at a time. Returns DF_OK or an error above; on error logits are
 * untouched.
 */
DF_API int32_t df_run(const uint8_t *pixels, int32_t *logits, void *arena, uint64_t arena_bytes);

/*
 * Runs images one after the other. pixels: images x height x width x channels; logits: images x classes. Otherwise as
 * df_run.
 */
DF_API int32_t df_run_batch(const uint8_t *pixels, uint32_t images, int32_t *logits, void *arena, uint64_t arena_bytes);

/*
 * Softmax of logits * logit_scale: float32 probabilities, one per class, the same bits on every machine. Sum 1 within
 * rounding.
 */
DF_API int32_t df_probabilities(const int32_t *logits, float *probabilities);

/* As df_run, and shows every layer to the observer. */
DF_API int32_t df_run_observed(const uint8_t *pixels, int32_t *logits, void *arena, uint64_t arena_bytes,
                               df_observer observer, void *context);

/*
 * Result of the last network_init or network_run in this process: Blueoil's interface says only whether the first one
 * succeeded, and a run that fails leaves its output untouched.
 */
DF_API int32_t df_last_error(void);

/* Kernels in use: "portable", "avx2", "avx512bw", "avx512vbmi", "avx512", "neon", or "engine" for libdlk_fpga. */
DF_API const char *df_kernels(void);

/* Picks kernels by name, or the best ones for this processor with "auto". Not while another thread runs. */
DF_API int32_t df_select_kernels(const char *name);

#ifdef __cplusplus
}
#endif

#endif
