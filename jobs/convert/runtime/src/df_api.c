/* The library's public face: checks the arguments, picks the kernels, runs the generated network. */
#include "df_cpu.h"
#include "df_operators.h"

static const char *const kernel_names[DF_KERNEL_SETS] = {
    [DF_PORTABLE] = "portable", [DF_AVX2] = "avx2", [DF_AVX512BW] = "avx512bw", [DF_AVX512VBMI] = "avx512vbmi",
    [DF_AVX512] = "avx512",     [DF_NEON] = "neon", [DF_ENGINE] = "engine",
};

/* A df_kernel_set, or AUTOMATIC until the processor has been asked. Atomic, for threads that run at the same time. */
enum { AUTOMATIC = -1 };
static _Atomic int32_t selected = AUTOMATIC;

static df_kernel_set current_kernels(void) {
    if (selected == AUTOMATIC)
        selected = (int32_t)df_best_kernels();
    return (df_kernel_set)selected;
}

static int32_t equal(const char *a, const char *b) {
    while (*a != '\0' && *a == *b) a++, b++;
    return *a == *b;
}

uint32_t df_abi_version(void) {
    return DF_ABI_VERSION;
}

const char *df_version(void) {
    return DF_VERSION;
}

const char *df_error_text(int32_t code) {
    switch (code) {
    case DF_OK:
        return "No error.";
    case DF_ERROR_ARGUMENT:
        return "A required pointer is null.";
    case DF_ERROR_ARENA:
        return "The arena is smaller than arena_bytes of df_model_info, or not aligned to 64 bytes.";
    case DF_ERROR_KERNELS:
        return "This library has no kernels of that name, or this processor cannot run them.";
    case DF_ERROR_ENGINE_NONE:
        return "There is no UIO device named dropforge, or DF_ENGINE names no engine: apply the device tree overlay.";
    case DF_ERROR_ENGINE_PERMISSION:
        return "This user may not open the engine's device: see the udev rule, or become root.";
    case DF_ERROR_ENGINE_NO_BITSTREAM:
        return "Nothing answers as the engine: load its bitstream into the FPGA.";
    case DF_ERROR_ENGINE_VERSION:
        return "The bitstream and the library are of different versions: load the bitstream of this version.";
    case DF_ERROR_ENGINE_ARRAY:
        return "The engine's array is not the one that the network was packed for: load the other bitstream.";
    case DF_ERROR_ENGINE_HELD:
        return "Others have used the engine for seconds: stop them, or try again.";
    case DF_ERROR_ENGINE_IMAGE:
        return "The engine refuses the library's network, which is damaged: install the model again.";
    case DF_ERROR_ENGINE_NOT_LOADED:
        return "The engine forgot its network before it ran: try again.";
    case DF_ERROR_ENGINE_STUCK:
        return "The engine did not end in time and was stopped: load its bitstream again.";
    case DF_ERROR_ENGINE_STOPPED:
        return "The engine stopped the run, as its program is faulty: convert the model again.";
    case DF_ERROR_ENGINE_LOST:
        return "The engine was reset, or went away, during the run: try again.";
    default:
        return "This is no error code of the library.";
    }
}

const df_info *df_model_info(void) {
    return &df_generated_info;
}

int32_t df_run(const uint8_t *pixels, int32_t *logits, void *arena, uint64_t arena_bytes) {
    return df_run_observed(pixels, logits, arena, arena_bytes, 0, 0);
}

int32_t df_run_batch(const uint8_t *pixels, uint32_t images, int32_t *logits, void *arena, uint64_t arena_bytes) {
    const uint64_t image_bytes =
        (uint64_t)df_generated_info.height * df_generated_info.width * df_generated_info.channels;
    for (uint32_t image = 0; image < images; image++) {
        const int32_t code = df_run(pixels, logits, arena, arena_bytes);
        if (code != DF_OK)
            return code;
        pixels += image_bytes;
        logits += df_generated_info.classes;
    }
    return DF_OK;
}

int32_t df_probabilities(const int32_t *logits, float *probabilities) {
    if (logits == 0 || probabilities == 0)
        return DF_ERROR_ARGUMENT;
    df_softmax(logits, probabilities);
    return DF_OK;
}

int32_t df_run_observed(const uint8_t *pixels, int32_t *logits, void *arena, uint64_t arena_bytes, df_observer observer,
                        void *context) {
    if (pixels == 0 || logits == 0)
        return DF_ERROR_ARGUMENT;
    if (arena == 0) {
        arena = df_generated_arena;
    } else if (arena_bytes < df_generated_info.arena_bytes || (uintptr_t)arena % DF_ARENA_ALIGNMENT != 0) {
        return DF_ERROR_ARENA;
    }
    const df_execution execution = {pixels, logits, arena, current_kernels(), observer, context};
    return df_generated_run(&execution);
}

const char *df_kernels(void) {
    return kernel_names[current_kernels()];
}

int32_t df_select_kernels(const char *name) {
    if (name == 0)
        return DF_ERROR_ARGUMENT;
    if (equal(name, "auto")) {
        selected = AUTOMATIC;
        return DF_OK;
    }
    for (int32_t kernels = 0; kernels < DF_KERNEL_SETS; kernels++) {
        if (equal(name, kernel_names[kernels]) && df_can_run((df_kernel_set)kernels)) {
            selected = kernels;
            return DF_OK;
        }
    }
    return DF_ERROR_KERNELS;
}
