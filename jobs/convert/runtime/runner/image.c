/* The whole way of an image, and what its steps share. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"

int read_pixels(const uint8_t *bytes, size_t length, image_size size, uint8_t *pixels, image_fault *fault) {
    image_type type;
    if (check_header(bytes, length, &type, fault) != 0)
        return -1;
    image decoded = {0, 0, NULL};
    int orientation = 1;
    const int failed = type == IMAGE_JPEG ? decode_jpeg(bytes, length, size, &decoded, &orientation, fault)
                                          : decode_png(bytes, length, &decoded, &orientation, fault);
    if (failed)
        return -1;
    int result = turn_upright(&decoded, orientation, fault);
    if (result == 0)
        result = resize_bilinear(&decoded, size, pixels, fault);
    free(decoded.pixels);
    return result;
}

int refuse(image_fault *fault, const char *code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fault->code = code;
    vsnprintf(fault->detail, sizeof fault->detail, format, arguments);
    va_end(arguments);
    return -1;
}

int allocate_pixels(image *empty, uint32_t height, uint32_t width, image_fault *fault) {
    const size_t bytes = (size_t)height * width * 3;
    empty->pixels = malloc(bytes);
    if (empty->pixels == NULL)
        return refuse(fault, "OUT_OF_MEMORY", "there is no memory for %u x %u pixels", width, height);
    empty->height = height;
    empty->width = width;
    return 0;
}
