/* Runs the network on threads whose stacks were painted first, and prints for each kernel set how deep it went. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dropforge.h"

enum { STACK_BYTES = 1 << 20, PAINT = 0xa5 };

static uint8_t *pixels;
static int32_t *logits;

static void *rest(void *argument) {
    return argument;
}

static void *run(void *argument) {
    return df_run(pixels, logits, 0, 0) == DF_OK ? argument : 0;
}

/* Bytes from the top of the stack to the deepest one that was written. */
static size_t depth_of(void *(*work)(void *)) {
    uint8_t *stack = aligned_alloc(4096, STACK_BYTES);
    memset(stack, PAINT, STACK_BYTES);
    pthread_attr_t attributes;
    pthread_t thread;
    void *result = 0;
    pthread_attr_init(&attributes);
    if (pthread_attr_setstack(&attributes, stack, STACK_BYTES) || pthread_create(&thread, &attributes, work, stack))
        exit(1);
    pthread_join(thread, &result);
    if (result != stack)
        exit(2);
    size_t unused = 0;
    while (stack[unused] == PAINT) unused++;
    free(stack);
    return STACK_BYTES - unused;
}

int main(void) {
    static const char *const sets[] = {"portable", "avx2", "avx512bw", "avx512vbmi", "avx512", "neon", "auto"};
    const df_info *info = df_model_info();
    pixels = calloc((size_t)info->height * info->width * info->channels, 1);
    logits = calloc(info->classes, sizeof *logits);
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        if (df_select_kernels(sets[i]) != DF_OK)
            continue;
        const size_t idle = depth_of(rest), busy = depth_of(run);
        printf("%s %zu\n", df_kernels(), busy - idle);
    }
    return 0;
}
