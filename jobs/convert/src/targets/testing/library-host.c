/* Loads a library as programs of others do, runs one raw image by both of its interfaces, and prints what came back. */
#include <dlfcn.h>
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

int main(int argc, char **argv) {
    void *library = argc == 3 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    FILE *file = library == NULL ? NULL : fopen(argv[2], "rb");
    if (file == NULL) {
        fprintf(stderr, "usage: library-host LIBRARY IMAGE: %s\n", library == NULL ? dlerror() : "no image");
        return 2;
    }
    const df_info *(*model_info)(void) = (const df_info *(*)(void))FIND(df_model_info);
    int32_t (*run)(const uint8_t *, int32_t *, void *, uint64_t) =
        (int32_t (*)(const uint8_t *, int32_t *, void *, uint64_t))FIND(df_run);
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
    printf("\"runError\":%d,\"code\":%d", last_error(), run(pixels, logits, NULL, 0));
    for (uint32_t k = 0; k < info->classes; k++)
        printf("%s%.9g", k == 0 ? ",\"probabilities\":[" : ",", (double)probabilities[k]);
    for (uint32_t k = 0; k < info->classes; k++) printf("%s%d", k == 0 ? "],\"logits\":[" : ",", logits[k]);
    puts("]}");
    return 0;
}
