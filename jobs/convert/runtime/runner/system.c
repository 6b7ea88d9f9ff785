/* Streams, memory, time and messages. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "runner.h"

double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
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
