/* EXIF's orientation: where a camera wrote it down, and what it does to the pixels. CIPA DC-008, 4.6.4. */
#include <stdlib.h>
#include <string.h>

#include "image.h"

typedef struct tiff {
    const uint8_t *bytes;
    size_t length;
    int is_little_endian;
} tiff;

/* An unsigned number of 2 or 4 bytes; 0 where the block has ended. */
static uint32_t number_at(const tiff *block, size_t at, int bytes) {
    if (at > block->length || block->length - at < (size_t)bytes)
        return 0;
    uint32_t value = 0;
    for (int i = 0; i < bytes; i++) {
        const int byte = block->is_little_endian ? bytes - 1 - i : i;
        value = value << 8 | block->bytes[at + byte];
    }
    return value;
}

int exif_orientation(const uint8_t *bytes, size_t length) {
    enum { TAG = 0x0112, SHORT = 3, LONG = 4, ENTRY_BYTES = 12 };
    if (length < 8 || (memcmp(bytes, "II*\0", 4) != 0 && memcmp(bytes, "MM\0*", 4) != 0))
        return 1;
    const tiff block = {bytes, length, bytes[0] == 'I'};
    const uint32_t directory = number_at(&block, 4, 4);
    const uint32_t entries = number_at(&block, directory, 2);
    for (uint32_t i = 0; i < entries; i++) {
        const size_t entry = (size_t)directory + 2 + (size_t)i * ENTRY_BYTES;
        if (entry + ENTRY_BYTES > length)
            break;
        if (number_at(&block, entry, 2) != TAG)
            continue;
        const uint32_t type = number_at(&block, entry + 2, 2);
        const uint32_t value = number_at(&block, entry + 8, type == LONG ? 4 : 2);
        return (type == SHORT || type == LONG) && value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}

/* For each orientation: whether rows become columns, and whether the source is walked from its far side. */
static const struct {
    uint8_t is_transposed, from_bottom, from_right;
} turns[9] = {[1] = {0, 0, 0}, [2] = {0, 0, 1}, [3] = {0, 1, 1}, [4] = {0, 1, 0},
              [5] = {1, 0, 0}, [6] = {1, 1, 0}, [7] = {1, 1, 1}, [8] = {1, 0, 1}};

int turn_upright(image *turned, int orientation, image_fault *fault) {
    if (orientation == 1)
        return 0;
    const image source = *turned;
    const int is_transposed = turns[orientation].is_transposed;
    image target;
    if (allocate_pixels(&target, is_transposed ? source.width : source.height,
                        is_transposed ? source.height : source.width, fault) != 0)
        return -1;
    const int from_bottom = turns[orientation].from_bottom, from_right = turns[orientation].from_right;
    uint8_t *pixel = target.pixels;
    for (uint32_t y = 0; y < target.height; y++) {
        for (uint32_t x = 0; x < target.width; x++, pixel += 3) {
            const uint32_t row = is_transposed ? x : y, column = is_transposed ? y : x;
            const uint32_t source_y = from_bottom ? source.height - 1 - row : row;
            const uint32_t source_x = from_right ? source.width - 1 - column : column;
            memcpy(pixel, source.pixels + ((size_t)source_y * source.width + source_x) * 3, 3);
        }
    }
    free(source.pixels);
    *turned = target;
    return 0;
}
