/* From an encoded JPEG or PNG to the pixels that the network reads: the trainer's rule, bit for bit. */
#ifndef RUNNER_IMAGE_H
#define RUNNER_IMAGE_H

#include <stddef.h>
#include <stdint.h>

/* Larger files and images are refused before memory is taken for them, as in a dropped dataset. */
#define IMAGE_FILE_BYTES (32u << 20)
#define IMAGE_PIXELS 40000000u
/* What a decoder may take besides the pixels: the coefficients of a progressive JPEG, above all. */
#define IMAGE_DECODER_BYTES (128L << 20)

/* RGB, 8 bits, rows without gaps. */
typedef struct image {
    uint32_t height;
    uint32_t width;
    /* From malloc. */
    uint8_t *pixels;
} image;

/* Why an image is refused: a code that never changes, and what is wrong with this very image. */
typedef struct image_fault {
    const char *code;
    char detail[160];
} image_fault;

typedef enum image_type { IMAGE_JPEG, IMAGE_PNG } image_type;

/* Where the network wants the image: JPEGs are decoded no larger than this needs. */
typedef struct image_size {
    uint32_t height;
    uint32_t width;
} image_size;

/*
 * Decodes, turns, resizes: height x width x 3 bytes into pixels. Returns 0, or -1 with the fault; then pixels are
 * untouched. Codes: EMPTY_FILE, FILE_TOO_LARGE, IMAGE_WRONG_TYPE, IMAGE_TOO_LARGE, IMAGE_UNSUPPORTED_PIXELS,
 * IMAGE_TRUNCATED, IMAGE_UNDECODABLE, OUT_OF_MEMORY.
 */
int read_pixels(const uint8_t *bytes, size_t length, image_size size, uint8_t *pixels, image_fault *fault);

/* Sets the fault, as printf does, and returns -1. */
int refuse(image_fault *fault, const char *code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The parts of read_pixels. All return 0, or -1 with the fault. */

/* The type, and everything that the headers alone forbid. */
int check_header(const uint8_t *bytes, size_t length, image_type *type, image_fault *fault);
/* orientation: EXIF's number, 1 to 8; 1 where the file says none. On failure decoded holds nothing. */
int decode_jpeg(const uint8_t *bytes, size_t length, image_size size, image *decoded, int *orientation,
                image_fault *fault);
int decode_png(const uint8_t *bytes, size_t length, image *decoded, int *orientation, image_fault *fault);
/* Replaces the pixels by upright ones. */
int turn_upright(image *turned, int orientation, image_fault *fault);
/* Pillow's bilinear filter; see resize.c. target: height x width x 3 bytes. */
int resize_bilinear(const image *source, image_size size, uint8_t *target, image_fault *fault);

/* Memory for so many pixels in image->pixels. */
int allocate_pixels(image *empty, uint32_t height, uint32_t width, image_fault *fault);

/* Of a TIFF block, as EXIF has it: 1 to 8; 1 where there is none or it makes no sense. */
int exif_orientation(const uint8_t *tiff, size_t length);

#endif
