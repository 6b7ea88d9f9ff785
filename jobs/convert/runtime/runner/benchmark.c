/* --benchmark: the time of one run on one image, warm. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "runner.h"

/* Fewer where fewer runs are asked for: under an emulator each one takes long. */
enum { WARM_UP_RUNS = 10 };

static uint64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Noise, which costs no less than a photograph: the kernels' time does not depend on the values. */
static void fill_with_noise(uint8_t *pixels) {
    uint32_t state = 1;
    for (size_t i = 0; i < image_bytes(); i++) {
        state = state * 1664525u + 1013904223u;
        pixels[i] = (uint8_t)(state >> 24);
    }
}

int run_benchmark(uint32_t images) {
    uint8_t *pixels = allocate(image_bytes());
    int32_t *logits = (int32_t *)allocate(logit_bytes());
    uint64_t *times = (uint64_t *)allocate(images * sizeof *times);
    fill_with_noise(pixels);
    int code = RUNNER_OK;
    for (uint32_t i = 0; code == RUNNER_OK && i < WARM_UP_RUNS && i < images; i++) code = run_image(pixels, logits);
    for (uint32_t i = 0; code == RUNNER_OK && i < images; i++) {
        const uint64_t start = nanoseconds();
        code = run_image(pixels, logits);
        times[i] = nanoseconds() - start;
    }
    if (code == RUNNER_OK) {
        qsort(times, images, sizeof *times, ascending);
        printf("{\"kernels\":\"%s\",\"images\":%u,\"minimumNanoseconds\":%llu,\"medianNanoseconds\":%llu}\n",
               df_kernels(), images, (unsigned long long)times[0], (unsigned long long)times[images / 2]);
    }
    free(pixels);
    free(logits);
    free(times);
    return code;
}
