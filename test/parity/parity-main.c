/*
 * Several networks in one program: for each network and each of its images one line with a fingerprint of every layer.
 * Usage: parity-main KERNELS IMAGES; IMAGES holds `images` images of each network, one network after the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "df_cpu.h"
#include "networks.h"

static const char *const names[DF_KERNEL_SETS] = {
    [DF_PORTABLE] = "portable", [DF_AVX2] = "avx2", [DF_AVX512BW] = "avx512bw", [DF_AVX512VBMI] = "avx512vbmi",
    [DF_AVX512] = "avx512",     [DF_NEON] = "neon",
};

/* FNV-1a, 32 bits, as the reference's fingerprint. */
static void print_layer(void *context, uint32_t layer, const uint8_t *levels, uint64_t bytes) {
    (void)context;
    uint32_t hash = 0x811c9dc5u;
    for (uint64_t i = 0; i < bytes; i++) hash = (hash ^ levels[i]) * 0x01000193u;
    printf("%s%08x", layer == 0 ? "" : " ", hash);
}

/* The logits must not depend on whether somebody watches, nor on what the arena held before. */
static void run_image(const network *network, const uint8_t *pixels, df_kernel_set kernels) {
    const size_t bytes = network->info->classes * sizeof(int32_t);
    int32_t *watched = malloc(bytes), *alone = malloc(bytes);
    memset(network->arena, 0xa5, network->info->arena_bytes);
    network->run(&(df_execution){pixels, watched, network->arena, kernels, print_layer, NULL});
    memset(network->arena, 0x5a, network->info->arena_bytes);
    network->run(&(df_execution){pixels, alone, network->arena, kernels, NULL, NULL});
    puts(memcmp(watched, alone, bytes) == 0 ? "" : " unsteady");
    free(watched);
    free(alone);
}

int main(int argc, char **argv) {
    int32_t kernels = 0;
    while (argc == 3 && kernels < DF_KERNEL_SETS && strcmp(argv[1], names[kernels]) != 0) kernels++;
    FILE *images = argc == 3 ? fopen(argv[2], "rb") : NULL;
    if (images == NULL || kernels == DF_KERNEL_SETS)
        return 1;
    if (!df_can_run((df_kernel_set)kernels)) {
        fputs("This processor cannot run them.\n", stderr);
        return 1;
    }
    for (size_t n = 0; n < network_count; n++) {
        const df_info *info = networks[n].info;
        /* Of the exact size, so that a sanitizer sees a read beyond it. */
        const size_t bytes = (size_t)info->height * info->width * info->channels;
        uint8_t *pixels = malloc(bytes);
        for (size_t image = 0; image < networks[n].images && fread(pixels, 1, bytes, images) == bytes; image++)
            run_image(&networks[n], pixels, (df_kernel_set)kernels);
        free(pixels);
    }
    fclose(images);
    return 0;
}
