/* --images and --output: every image of a file. The output appears only when it is complete. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner.h"

static int write_logits(int images, uint64_t count, int output, const char *output_path) {
    uint8_t *pixels = allocate(image_bytes());
    int32_t *logits = (int32_t *)allocate(logit_bytes());
    int code = RUNNER_OK;
    for (uint64_t image = 0; image < count && code == RUNNER_OK; image++) {
        if (read_fully(images, pixels, image_bytes()) != (long)image_bytes()) {
            code = fail(RUNNER_IO, "image %llu cannot be read", (unsigned long long)image);
            break;
        }
        code = run_image(pixels, logits);
        if (code == RUNNER_OK && write_fully(output, logits, logit_bytes()) != 0)
            code = fail(RUNNER_IO, "%s: %s", output_path, strerror(errno));
    }
    free(pixels);
    free(logits);
    return code;
}

/* Writes beside the output and renames, so that a reader never sees half of it. */
static int write_output(int images, uint64_t count, const char *output_path) {
    static const char suffix[] = ".part";
    char *part = (char *)allocate(strlen(output_path) + sizeof suffix);
    strcpy(part, output_path);
    strcat(part, suffix);
    const int output = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (output < 0) {
        const int code = fail(RUNNER_IO, "%s: %s", part, strerror(errno));
        free(part);
        return code;
    }
    int code = write_logits(images, count, output, part);
    if (close(output) != 0 && code == RUNNER_OK)
        code = fail(RUNNER_IO, "%s: %s", part, strerror(errno));
    if (code == RUNNER_OK && rename(part, output_path) != 0)
        code = fail(RUNNER_IO, "%s: %s", output_path, strerror(errno));
    if (code != RUNNER_OK)
        unlink(part);
    free(part);
    return code;
}

int run_batch(const char *images_path, const char *output_path) {
    uint64_t count;
    const int images = open_images(images_path, &count);
    if (images < 0)
        return RUNNER_IO;
    const int code = write_output(images, count, output_path);
    close(images);
    return code;
}
