/* --layers: a fingerprint of every layer, to find the first one that differs from the reference. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runner.h"

/* FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint32_t fingerprint(const uint8_t *bytes, uint64_t count) {
    uint32_t hash = 0x811c9dc5u;
    for (uint64_t i = 0; i < count; i++) hash = (hash ^ bytes[i]) * 0x01000193u;
    return hash;
}

static void print_layer(void *context, uint32_t layer, const uint8_t *levels, uint64_t bytes) {
    int *is_first = context;
    printf("%s{\"layer\":\"%s\",\"digest\":\"%08x\"}", *is_first ? "" : ",", df_model_info()->layer_names[layer],
           fingerprint(levels, bytes));
    *is_first = 0;
}

int run_layers(const char *images_path) {
    uint64_t count;
    const int images = open_images(images_path, &count);
    if (images < 0)
        return RUNNER_IO;
    uint8_t *pixels = allocate(image_bytes());
    int32_t *logits = (int32_t *)allocate(logit_bytes());
    int code = RUNNER_OK;
    if (read_fully(images, pixels, image_bytes()) == (long)image_bytes()) {
        int is_first = 1;
        putchar('[');
        const int32_t result = df_run_observed(pixels, logits, NULL, 0, print_layer, &is_first);
        puts("]");
        if (result != DF_OK)
            code = fail(RUNNER_MACHINE, "error %d: %s", result, df_error_text(result));
    } else {
        code = fail(RUNNER_IO, "%s: holds no image", images_path);
    }
    free(pixels);
    free(logits);
    close(images);
    return code;
}
