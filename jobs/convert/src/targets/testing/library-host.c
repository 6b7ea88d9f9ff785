/*
 * Loads a library as programs of others do, runs one raw image by both of its interfaces, then by two threads at once, and
 * prints what came back.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "dropforge.h"

/* Of the library that is loaded. */
#define FIND(name) find(library, #name)

static void *find(void *library, const char *name) {
    void *found = dlsym(library, name);
    if (found == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(2);
    }
    return found;
}

typedef int32_t run_function(const uint8_t *, int32_t *, void *, uint64_t);

/* A thread that runs the same image again and again, with working memory of its own. */
typedef struct {
    run_function *run;
    const df_info *info;
    const uint8_t *pixels;
    const int32_t *expected;
    int differing;
} worker;

static void *work(void *context) {
    enum { RUNS = 5 };
    worker *self = context;
    int32_t *logits = malloc(self->info->classes * sizeof *logits);
    void *arena = aligned_alloc(DF_ARENA_ALIGNMENT, self->info->arena_bytes);
    for (int i = 0; i < RUNS; i++) {
        const int32_t code = self->run(self->pixels, logits, arena, self->info->arena_bytes);
        for (uint32_t k = 0; k < self->info->classes; k++) self->differing += code != DF_OK || logits[k] != self->expected[k];
    }
    free(arena);
    free(logits);
    return NULL;
}

int main(int argc, char **argv) {
    void *library = argc == 3 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    FILE *file = library == NULL ? NULL : fopen(argv[2], "rb");
    if (file == NULL) {
        fprintf(stderr, "usage: library-host LIBRARY IMAGE: %s\n", library == NULL ? dlerror() : "no image");
        return 2;
    }
    const df_info *(*model_info)(void) = (const df_info *(*)(void))FIND(df_model_info);
    run_function *run = (run_function *)FIND(df_run);
    int32_t (*last_error)(void) = (int32_t (*)(void))FIND(df_last_error);
    void *(*network_create)(void) = (void *(*)(void))FIND(network_create);
    bool (*network_init)(void *) = (bool (*)(void *))FIND(network_init);
    void (*network_run)(void *, const void *, void *) = (void (*)(void *, const void *, void *))FIND(network_run);
    const df_info *info = model_info();
    const size_t count = (size_t)info->height * info->width * info->channels;
    uint8_t *pixels = malloc(count);
    float *values = malloc(count * sizeof *values), *probabilities = malloc(info->classes * sizeof *probabilities);
    int32_t *logits = malloc(info->classes * sizeof *logits);
    if (fread(pixels, 1, count, file) != count)
        return 2;
    for (size_t i = 0; i < count; i++) values[i] = (float)pixels[i] / 255.0f;
    /* What no run would write. */
    for (uint32_t k = 0; k < info->classes; k++) probabilities[k] = -1.0f, logits[k] = INT32_MIN;

    void *network = network_create();
    printf("{\"init\":%s,", network_init(network) ? "true" : "false");
    printf("\"initError\":%d,", last_error());
    network_run(network, values, probabilities);
    const int32_t run_error = last_error(), code = run(pixels, logits, NULL, 0);
    printf("\"runError\":%d,\"code\":%d", run_error, code);
    if (code == DF_OK) {
        worker workers[2] = {{run, info, pixels, logits, 0}, {run, info, pixels, logits, 0}};
        pthread_t threads[2];
        for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, work, &workers[i]);
        for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
        printf(",\"differingInThreads\":%d", workers[0].differing + workers[1].differing);
    }
    for (uint32_t k = 0; k < info->classes; k++)
        printf("%s%.9g", k == 0 ? ",\"probabilities\":[" : ",", (double)probabilities[k]);
    for (uint32_t k = 0; k < info->classes; k++) printf("%s%d", k == 0 ? "],\"logits\":[" : ",", logits[k]);
    puts("]}");
    return 0;
}
