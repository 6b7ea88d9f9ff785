/* What the headers say, before a decoder is asked and memory is taken. The dataset's own rules: no image that cannot be
 * in a dataset is classified. */
#include <string.h>

#include "image.h"

static uint32_t big_endian_16(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

static uint32_t big_endian_32(const uint8_t *bytes) {
    return big_endian_16(bytes) << 16 | big_endian_16(bytes + 2);
}

static int check_size(uint32_t width, uint32_t height, image_fault *fault) {
    if (width == 0 || height == 0)
        return refuse(fault, "IMAGE_UNDECODABLE", "it has %u x %u pixels", width, height);
    if ((uint64_t)width * height > IMAGE_PIXELS)
        return refuse(fault, "IMAGE_TOO_LARGE", "it has %u x %u pixels; the limit is %u million", width, height,
                      IMAGE_PIXELS / 1000000);
    return 0;
}

static int check_frame(const uint8_t *segment, image_fault *fault) {
    const unsigned precision = segment[4], components = segment[9];
    if (precision != 8)
        return refuse(fault, "IMAGE_UNSUPPORTED_PIXELS", "it has %u bits per channel", precision);
    if (components != 1 && components != 3)
        return refuse(fault, "IMAGE_UNSUPPORTED_PIXELS", "it has %u colour channels (CMYK)", components);
    return check_size(big_endian_16(segment + 7), big_endian_16(segment + 5), fault);
}

/* Walks the segments to the frame header: ITU-T T.81, B.1 and B.2.2. */
static int check_jpeg(const uint8_t *bytes, size_t length, image_fault *fault) {
    size_t at = 2;
    while (at + 10 <= length) {
        if (bytes[at] != 0xff)
            return refuse(fault, "IMAGE_UNDECODABLE", "byte %zu is no JPEG marker", at);
        const unsigned marker = bytes[at + 1];
        if (marker == 0xff) {
            at++; /* a fill byte */
        } else if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
            return check_frame(bytes + at, fault);
        } else {
            at += 2 + big_endian_16(bytes + at + 2);
        }
    }
    return refuse(fault, "IMAGE_TRUNCATED", "it ends before its frame header");
}

static int is_chunk(const uint8_t *bytes, const char *name) {
    return memcmp(bytes + 4, name, 4) == 0;
}

/* IHDR comes first and has a fixed layout, and acTL comes before the pixels: W3C PNG, 11.2.1 and 11.3.6. */
static int check_png(const uint8_t *bytes, size_t length, image_fault *fault) {
    if (length < 33)
        return refuse(fault, "IMAGE_TRUNCATED", "it ends within its header");
    if (!is_chunk(bytes + 8, "IHDR"))
        return refuse(fault, "IMAGE_UNDECODABLE", "it does not begin with IHDR");
    if (bytes[24] == 16)
        return refuse(fault, "IMAGE_UNSUPPORTED_PIXELS", "it has 16 bits per channel");
    for (size_t at = 8; at + 12 <= length && !is_chunk(bytes + at, "IDAT");
         at += 12 + (size_t)big_endian_32(bytes + at)) {
        if (is_chunk(bytes + at, "acTL"))
            return refuse(fault, "IMAGE_UNSUPPORTED_PIXELS", "it has several frames (an animation)");
        if (big_endian_32(bytes + at) > length)
            break; /* and no sum overflows, in 32 bits either */
    }
    return check_size(big_endian_32(bytes + 16), big_endian_32(bytes + 20), fault);
}

int check_header(const uint8_t *bytes, size_t length, image_type *type, image_fault *fault) {
    if (length == 0)
        return refuse(fault, "EMPTY_FILE", "it has no bytes");
    if (length > IMAGE_FILE_BYTES)
        return refuse(fault, "FILE_TOO_LARGE", "it has %zu bytes; the limit is %u", length, IMAGE_FILE_BYTES);
    if (length >= 3 && memcmp(bytes, "\xff\xd8\xff", 3) == 0) {
        *type = IMAGE_JPEG;
        return check_jpeg(bytes, length, fault);
    }
    if (length >= 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0) {
        *type = IMAGE_PNG;
        return check_png(bytes, length, fault);
    }
    return refuse(fault, "IMAGE_WRONG_TYPE", "it is neither a JPEG nor a PNG image");
}
