/* Files of raw images: height x width x channels bytes each, one after the other. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner.h"

size_t image_bytes(void) {
    const df_info *info = df_model_info();
    return (size_t)info->height * info->width * info->channels;
}

size_t logit_bytes(void) {
    return (size_t)df_model_info()->classes * sizeof(int32_t);
}

int run_image(const uint8_t *pixels, int32_t *logits) {
    const int32_t code = df_run(pixels, logits, NULL, 0);
    return code == DF_OK ? RUNNER_OK : fail(RUNNER_MACHINE, "error %d: %s", code, df_error_text(code));
}

int open_images(const char *path, uint64_t *images) {
    struct stat status;
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        fail(RUNNER_IO, "%s: %s", path, strerror(errno));
    } else if (!S_ISREG(status.st_mode) || (uint64_t)status.st_size % image_bytes() != 0) {
        fail(RUNNER_IO, "%s: not a file of whole images of %zu bytes", path, image_bytes());
    } else {
        *images = (uint64_t)status.st_size / image_bytes();
        return descriptor;
    }
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}
