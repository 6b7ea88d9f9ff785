/* Streams, memory and messages. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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

uint8_t *allocate(size_t bytes) {
    uint8_t *memory = malloc(bytes);
    if (memory == NULL)
        exit(fail(RUNNER_IO, "no memory for %zu bytes", bytes));
    return memory;
}

int fail(int code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("dropforge-run: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return code;
}

long read_fully(int descriptor, void *buffer, size_t bytes) {
    size_t filled = 0;
    while (filled < bytes) {
        const ssize_t count = read(descriptor, (uint8_t *)buffer + filled, bytes - filled);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        if (count == 0)
            break;
        filled += (size_t)count;
    }
    return (long)filled;
}

int write_fully(int descriptor, const void *buffer, size_t bytes) {
    size_t written = 0;
    while (written < bytes) {
        const ssize_t count = write(descriptor, (const uint8_t *)buffer + written, bytes - written);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        written += (size_t)count;
    }
    return 0;
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
