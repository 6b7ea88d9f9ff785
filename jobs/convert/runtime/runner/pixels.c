/* --pixels: an image file as the network sees it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "classify.h"

int run_pixels(const char *path) {
    const df_info *info = df_model_info();
    const image_size size = {info->height, info->width};
    image_fault fault;
    uint8_t *bytes, *pixels = allocate(image_bytes());
    size_t length;
    int failed = read_image_file(path, &bytes, &length, &fault) || check_channels(&fault) ||
                 read_pixels(bytes, length, size, pixels, &fault);
    int code = failed ? fail(RUNNER_REFUSED, "%s: %s: %s", fault.code, path, fault.detail) : RUNNER_OK;
    if (!failed && write_fully(STDOUT_FILENO, pixels, image_bytes()) != 0)
        code = fail(RUNNER_IO, "stdout: %s", strerror(errno));
    free(bytes);
    free(pixels);
    return code;
}
