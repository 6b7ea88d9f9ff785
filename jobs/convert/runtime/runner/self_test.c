/* --self-test: the golden images must give the golden logits, bit for bit. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner.h"

/* A descriptor of a file with the logits of so many images, or -1 after telling why. */
static int open_logits(const char *path, uint64_t images) {
    struct stat status;
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        fail(RUNNER_IO, "%s: %s", path, strerror(errno));
    } else if ((uint64_t)status.st_size != images * logit_bytes()) {
        fail(RUNNER_IO, "%s: has %lld bytes; the logits of %llu images have %llu", path, (long long)status.st_size,
             (unsigned long long)images, (unsigned long long)(images * logit_bytes()));
    } else {
        return descriptor;
    }
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

static int compare_image(int images, int expected_logits, uint64_t image, uint8_t *pixels, int32_t *actual,
                         int32_t *expected) {
    if (read_fully(images, pixels, image_bytes()) != (long)image_bytes() ||
        read_fully(expected_logits, expected, logit_bytes()) != (long)logit_bytes()) {
        return fail(RUNNER_IO, "image %llu or its logits cannot be read", (unsigned long long)image);
    }
    const int code = run_image(pixels, actual);
    if (code != RUNNER_OK)
        return code;
    for (uint32_t k = 0; k < df_model_info()->classes; k++) {
        if (actual[k] == expected[k])
            continue;
        return fail(RUNNER_MISMATCH, "image %llu, class %u: expected %d, got %d", (unsigned long long)image, k,
                    expected[k], actual[k]);
    }
    return RUNNER_OK;
}

static int compare_all(int images, int expected_logits, uint64_t count) {
    uint8_t *pixels = allocate(image_bytes());
    int32_t *actual = (int32_t *)allocate(logit_bytes());
    int32_t *expected = (int32_t *)allocate(logit_bytes());
    int code = RUNNER_OK;
    for (uint64_t image = 0; image < count && code == RUNNER_OK; image++) {
        code = compare_image(images, expected_logits, image, pixels, actual, expected);
    }
    free(pixels);
    free(actual);
    free(expected);
    return code;
}

int run_self_test(const char *images_path, const char *logits_path) {
    uint64_t count;
    const int images = open_images(images_path, &count);
    if (images < 0)
        return RUNNER_IO;
    /* No image proves nothing. */
    if (count == 0) {
        close(images);
        return fail(RUNNER_IO, "%s: holds no image", images_path);
    }
    const int logits = open_logits(logits_path, count);
    int code = RUNNER_IO;
    if (logits >= 0) {
        code = compare_all(images, logits, count);
        close(logits);
    }
    close(images);
    if (code == RUNNER_OK)
        printf("%llu images agree\n", (unsigned long long)count);
    return code;
}
