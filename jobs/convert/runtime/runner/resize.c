/*
 * Pillow's bilinear filter, bit for bit: a triangle as wide as one source pixel when it enlarges and as one target
 * pixel when it shrinks; rows first, then columns, rounded to 8 bits after each; a side that keeps its length is not
 * touched. https://pillow.readthedocs.io/en/stable/handbook/concepts.html#filters
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"

/* Weights are integers of so many bits after the point, so that every machine rounds alike. */
enum { FRACTION_BITS = 22 };

/* Where a target pixel's window begins in the source, and how many weights it has. */
typedef struct window {
    uint32_t start;
    uint32_t count;
} window;

typedef struct windows {
    window *each;
    /* [target pixel][most]. */
    int32_t *weights;
    uint32_t most;
} windows;

static void weigh_window(double centre, double support, uint32_t from, window *place, int32_t *weights,
                         double *shares) {
    const int64_t first = (int64_t)(centre - support + 0.5), end = (int64_t)(centre + support + 0.5);
    place->start = first < 0 ? 0 : (uint32_t)first;
    place->count = (uint32_t)(end > from ? from : end) - place->start;
    double sum = 0.0;
    for (uint32_t tap = 0; tap < place->count; tap++) {
        const double distance = fabs((place->start + tap - centre + 0.5) * (1.0 / support));
        shares[tap] = distance < 1.0 ? 1.0 - distance : 0.0;
        sum += shares[tap];
    }
    for (uint32_t tap = 0; tap < place->count; tap++)
        weights[tap] = (int32_t)(0.5 + shares[tap] / sum * (1 << FRACTION_BITS));
}

static int create_windows(windows *created, uint32_t from, uint32_t to) {
    const double scale = (double)from / to, support = scale < 1.0 ? 1.0 : scale;
    created->most = (uint32_t)ceil(support) * 2 + 1;
    created->each = malloc(to * sizeof *created->each);
    created->weights = malloc((size_t)to * created->most * sizeof *created->weights);
    double *shares = malloc(created->most * sizeof *shares);
    const int is_complete = created->each != NULL && created->weights != NULL && shares != NULL;
    for (uint32_t i = 0; is_complete && i < to; i++) {
        weigh_window((i + 0.5) * scale, support, from, &created->each[i], created->weights + (size_t)i * created->most,
                     shares);
    }
    free(shares);
    return is_complete ? 0 : -1;
}

static void destroy_windows(windows *old) {
    free(old->each);
    free(old->weights);
}

/* One pixel: the weighted sum of pixels that lie stride bytes apart. At most 255 * 2^22 and a half: it fits 32 bits. */
static void weigh_pixel(const uint8_t *source, size_t stride, const int32_t *weights, uint32_t count, uint8_t *target) {
    uint32_t red = 1u << (FRACTION_BITS - 1), green = red, blue = red;
    for (uint32_t tap = 0; tap < count; tap++, source += stride) {
        const uint32_t weight = (uint32_t)weights[tap];
        red += source[0] * weight;
        green += source[1] * weight;
        blue += source[2] * weight;
    }
    red >>= FRACTION_BITS, green >>= FRACTION_BITS, blue >>= FRACTION_BITS;
    target[0] = red > 255 ? 255 : (uint8_t)red;
    target[1] = green > 255 ? 255 : (uint8_t)green;
    target[2] = blue > 255 ? 255 : (uint8_t)blue;
}

static int along_rows(const image *source, uint32_t width, uint8_t *target) {
    windows across;
    const int failed = create_windows(&across, source->width, width);
    for (uint32_t y = 0; !failed && y < source->height; y++) {
        const uint8_t *row = source->pixels + (size_t)y * source->width * 3;
        for (uint32_t x = 0; x < width; x++, target += 3) {
            const window place = across.each[x];
            weigh_pixel(row + (size_t)place.start * 3, 3, across.weights + (size_t)x * across.most, place.count,
                        target);
        }
    }
    destroy_windows(&across);
    return failed;
}

static int along_columns(const image *source, uint32_t height, uint8_t *target) {
    windows down;
    const int failed = create_windows(&down, source->height, height);
    const size_t row_bytes = (size_t)source->width * 3;
    for (uint32_t y = 0; !failed && y < height; y++) {
        const window place = down.each[y];
        const uint8_t *first = source->pixels + place.start * row_bytes;
        for (uint32_t x = 0; x < source->width; x++, target += 3) {
            weigh_pixel(first + (size_t)x * 3, row_bytes, down.weights + (size_t)y * down.most, place.count, target);
        }
    }
    destroy_windows(&down);
    return failed;
}

int resize_bilinear(const image *source, image_size size, uint8_t *target, image_fault *fault) {
    if (source->width == size.width && source->height == size.height) {
        memcpy(target, source->pixels, (size_t)size.height * size.width * 3);
        return 0;
    }
    image rows = *source;
    int failed = 0;
    if (source->width != size.width) {
        if (allocate_pixels(&rows, source->height, size.width, fault) != 0)
            return -1;
        failed = along_rows(source, size.width, rows.pixels);
    }
    if (!failed && rows.height != size.height) {
        failed = along_columns(&rows, size.height, target);
    } else if (!failed) {
        memcpy(target, rows.pixels, (size_t)size.height * size.width * 3);
    }
    if (rows.pixels != source->pixels)
        free(rows.pixels);
    return failed ? refuse(fault, "OUT_OF_MEMORY", "there is no memory for the resize") : 0;
}
