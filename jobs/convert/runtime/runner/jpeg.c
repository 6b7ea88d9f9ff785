/* JPEG by libjpeg-turbo, with the settings that Pillow has. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "image.h"

/* An image of many scans costs its decoder their number times its size, however few bytes it has. Real ones have about
 * ten. */
enum { MOST_SCANS = 100, MOST_SCANNED_PIXELS = 600000000 };
/* Decodes at 1/2, 1/4 or 1/8 where this leaves at least so many times the network's size: the trainer's rule. */
enum { DRAFT_FACTOR = 2 };

typedef struct decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf back;
    image_fault *fault;
    image *decoded;
} decoder;

static _Noreturn void give_up(decoder *self) {
    longjmp(self->back, 1);
}

static void on_error(j_common_ptr jpeg) {
    decoder *self = (decoder *)jpeg->client_data;
    char message[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, message);
    const int is_memory = jpeg->err->msg_code == JERR_OUT_OF_MEMORY || jpeg->err->msg_code == JERR_NO_BACKING_STORE;
    refuse(self->fault, is_memory ? "IMAGE_TOO_LARGE" : "IMAGE_UNDECODABLE", "%.120s", message);
    give_up(self);
}

/* Warnings are not shown; Pillow lives with what causes them. */
static void on_message(j_common_ptr jpeg, int level) {
    (void)jpeg, (void)level;
}

/* Called when all bytes are used up: there are no more. */
static boolean on_end(j_decompress_ptr jpeg) {
    decoder *self = (decoder *)jpeg->client_data;
    refuse(self->fault, "IMAGE_TRUNCATED", "the end of the image is missing");
    give_up(self);
}

static void on_progress(j_common_ptr jpeg) {
    decoder *self = (decoder *)jpeg->client_data;
    const uint64_t scans = (uint64_t)self->jpeg.input_scan_number;
    if (scans <= MOST_SCANS && scans * self->jpeg.image_width * self->jpeg.image_height <= MOST_SCANNED_PIXELS)
        return;
    refuse(self->fault, "IMAGE_UNDECODABLE", "it has too many scans for its size");
    give_up(self);
}

static unsigned scale_denominator(const struct jpeg_decompress_struct *jpeg, image_size size) {
    const unsigned across = jpeg->image_width / (DRAFT_FACTOR * size.width);
    const unsigned down = jpeg->image_height / (DRAFT_FACTOR * size.height);
    const unsigned scale = across < down ? across : down;
    return scale >= 8 ? 8 : scale >= 4 ? 4 : scale >= 2 ? 2 : 1;
}

static int orientation_of(const struct jpeg_decompress_struct *jpeg) {
    for (jpeg_saved_marker_ptr marker = jpeg->marker_list; marker != NULL; marker = marker->next) {
        if (marker->data_length >= 6 && memcmp(marker->data, "Exif", 5) == 0)
            return exif_orientation(marker->data + 6, marker->data_length - 6);
    }
    return 1;
}

/* Grey rows are decoded into the end of their place and spread from its start. */
static void spread_grey(uint8_t *row, uint32_t width) {
    const uint8_t *grey = row + (size_t)width * 2;
    for (uint32_t x = 0; x < width; x++) {
        const uint8_t level = grey[x];
        row[3 * x] = row[3 * x + 1] = row[3 * x + 2] = level;
    }
}

static int decode(decoder *self, const uint8_t *bytes, size_t length, image_size size, int *orientation) {
    struct jpeg_decompress_struct *jpeg = &self->jpeg;
    if (setjmp(self->back) != 0)
        return -1;
    jpeg_create_decompress(jpeg);
    jpeg->client_data = self;
    jpeg->mem->max_memory_to_use = IMAGE_DECODER_BYTES;
    jpeg->progress = &self->progress;
    jpeg_mem_src(jpeg, bytes, length);
    jpeg->src->fill_input_buffer = on_end;
    jpeg_save_markers(jpeg, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(jpeg, TRUE);
    *orientation = orientation_of(jpeg);
    const int is_grey = jpeg->num_components == 1;
    jpeg->out_color_space = is_grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg->scale_num = 1;
    jpeg->scale_denom = scale_denominator(jpeg, size);
    jpeg_start_decompress(jpeg);
    if (allocate_pixels(self->decoded, jpeg->output_height, jpeg->output_width, self->fault) != 0)
        return -1;
    while (jpeg->output_scanline < jpeg->output_height) {
        uint8_t *row = self->decoded->pixels + (size_t)jpeg->output_scanline * jpeg->output_width * 3;
        JSAMPROW target = is_grey ? row + (size_t)jpeg->output_width * 2 : row;
        jpeg_read_scanlines(jpeg, &target, 1);
        if (is_grey)
            spread_grey(row, jpeg->output_width);
    }
    jpeg_finish_decompress(jpeg);
    return 0;
}

int decode_jpeg(const uint8_t *bytes, size_t length, image_size size, image *decoded, int *orientation,
                image_fault *fault) {
    decoder self;
    memset(&self, 0, sizeof self);
    self.fault = fault;
    self.decoded = decoded;
    self.jpeg.err = jpeg_std_error(&self.errors);
    self.jpeg.client_data = &self;
    self.errors.error_exit = on_error;
    self.errors.emit_message = on_message;
    self.progress.progress_monitor = on_progress;
    const int result = decode(&self, bytes, length, size, orientation);
    jpeg_destroy_decompress(&self.jpeg);
    if (result != 0) {
        free(decoded->pixels);
        decoded->pixels = NULL;
    }
    return result;
}
