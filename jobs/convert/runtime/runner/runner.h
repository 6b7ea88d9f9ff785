/* The parts of dropforge-run: one file per mode, and what they share. */
#ifndef RUNNER_H
#define RUNNER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "dropforge.h"

/* Exit codes, which scripts and the device agent read. */
enum {
    RUNNER_OK = 0,
    /* The network's outputs differ from the expected ones. */
    RUNNER_MISMATCH = 1,
    RUNNER_USAGE = 2,
    /* A file or stream could not be read or written, or holds no whole number of images. */
    RUNNER_IO = 3,
    /* An image cannot be classified; stderr begins with the code of its fault. */
    RUNNER_REFUSED = 4,
    /* The machine that the network is for cannot run it; stderr has a sentence of df_error_text. */
    RUNNER_MACHINE = 5,
};

/* Modes. Each returns an exit code and has told the cause of a failure on stderr. */
int run_info(void);
int run_serve_stdio(void);
/* Answers HTTP on 127.0.0.1 until SIGTERM or SIGINT; port 0: any free one. */
int run_serve(uint16_t port);
/* Classifies each file so many times and writes directory/output.json; the directory is made when missing. */
int run_predict(const char *const *paths, uint32_t count, uint32_t trials, const char *directory);
int run_pixels(const char *path);
int run_batch(const char *images_path, const char *output_path);
int run_self_test(const char *images_path, const char *logits_path);
int run_layers(const char *images_path);
int run_benchmark(uint32_t images);

/* Bytes of one image, and of its logits. */
size_t image_bytes(void);
size_t logit_bytes(void);

/* Of a clock that only goes forward. */
double seconds_now(void);

/* Memory for one image and its logits; ends the program when there is none. */
uint8_t *allocate(size_t bytes);

/* Prints "dropforge-run: " and the message to stderr, as printf does, and returns the code. */
int fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Reads until the buffer is full or the stream ends. Returns the bytes read, or -1 with errno set. */
long read_fully(int descriptor, void *buffer, size_t bytes);
/* Returns 0, or -1 with errno set. */
int write_fully(int descriptor, const void *buffer, size_t bytes);
/* Opens a file of whole images. Returns a descriptor, or -1 after telling why. images: how many it holds. */
int open_images(const char *path, uint64_t *images);

/* Runs one raw image. Returns RUNNER_OK, or RUNNER_MACHINE after telling why. */
int run_image(const uint8_t *pixels, int32_t *logits);

/* A JSON string with its quotes. */
void write_json_string(FILE *output, const char *text);

#endif
