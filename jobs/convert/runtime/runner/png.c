/* PNG by libpng: 8-bit RGB, alpha dropped, no gamma and no colour profile applied, as Pillow does it. */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "image.h"

typedef struct decoder {
    const uint8_t *bytes;
    size_t length;
    size_t at;
    int is_truncated;
    image_fault *fault;
    image *decoded;
    uint8_t **rows;
} decoder;

static void on_error(png_structp png, png_const_charp message) {
    decoder *self = (decoder *)png_get_error_ptr(png);
    if (self->is_truncated) {
        refuse(self->fault, "IMAGE_TRUNCATED", "the end of the image is missing");
    } else {
        refuse(self->fault, "IMAGE_UNDECODABLE", "%.120s", message);
    }
    longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp message) {
    (void)png, (void)message;
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
    decoder *self = (decoder *)png_get_io_ptr(png);
    if (count > self->length - self->at) {
        self->is_truncated = 1;
        png_error(png, "");
    }
    memcpy(target, self->bytes + self->at, count);
    self->at += count;
}

/* Texts and profiles can be large, compressed, and are of no use here. */
static void ignore_texts(png_structp png) {
    static const png_byte names[] = "iCCP\0iTXt\0tEXt\0zTXt";
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, names, 4);
}

static int orientation_of(png_structp png, png_infop info) {
    png_uint_32 length = 0;
    png_bytep exif = NULL;
    if (png_get_eXIf_1(png, info, &length, &exif) != PNG_INFO_eXIf)
        return 1;
    return exif_orientation(exif, length);
}

static int decode(decoder *self, png_structp png, png_infop info, int *orientation) {
    if (setjmp(png_jmpbuf(png)) != 0)
        return -1;
    png_set_read_fn(png, self, read_bytes);
    png_set_user_limits(png, IMAGE_PIXELS, IMAGE_PIXELS); /* the product was checked before */
    ignore_texts(png);
    png_read_info(png, info);
    png_set_expand_gray_1_2_4_to_8(png);
    png_set_palette_to_rgb(png);
    png_set_gray_to_rgb(png);
    png_set_strip_alpha(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    const uint32_t height = png_get_image_height(png, info), width = png_get_image_width(png, info);
    if (png_get_rowbytes(png, info) != (size_t)width * 3)
        png_error(png, "its pixels do not become RGB");
    if (allocate_pixels(self->decoded, height, width, self->fault) != 0)
        return -1;
    self->rows = malloc(height * sizeof *self->rows);
    if (self->rows == NULL)
        return refuse(self->fault, "OUT_OF_MEMORY", "there is no memory for %u rows", height);
    for (uint32_t y = 0; y < height; y++) self->rows[y] = self->decoded->pixels + (size_t)y * width * 3;
    png_read_image(png, self->rows);
    png_read_end(png, info);
    *orientation = orientation_of(png, info);
    return 0;
}

int decode_png(const uint8_t *bytes, size_t length, image *decoded, int *orientation, image_fault *fault) {
    decoder self = {.bytes = bytes, .length = length, .fault = fault, .decoded = decoded};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &self, on_error, on_warning);
    png_infop info = png == NULL ? NULL : png_create_info_struct(png);
    int result = -1;
    if (info == NULL) {
        refuse(fault, "OUT_OF_MEMORY", "there is no memory for the decoder");
    } else {
        result = decode(&self, png, info, orientation);
    }
    png_destroy_read_struct(&png, &info, NULL);
    free(self.rows);
    if (result != 0) {
        free(decoded->pixels);
        decoded->pixels = NULL;
    }
    return result;
}
