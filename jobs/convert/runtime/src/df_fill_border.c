/* The border around an image: pixels whose channels all have the padding level. */
#include "df_layout.h"

/* Byte i of a segment in which every channel has the border's level. */
static uint8_t border_byte(const df_layout *layout, int32_t i) {
    const int32_t channels = layout->shape.channels, level = layout->border_level;
    if (layout->format == DF_LEVELS)
        return (uint8_t)level;
    if (layout->format == DF_GROUPS) {
        const int32_t here = channels - 4 * i;
        return (uint8_t)(level * 0x55 & (here >= 4 ? 0xff : (1 << (2 * here)) - 1));
    }
    const int32_t bit = i / 4 % layout->bits;
    const int32_t here = channels - (i / 4 / layout->bits * 32 + i % 4 * 8);
    const int32_t mask = here >= 8 ? 0xff : here <= 0 ? 0 : (1 << here) - 1;
    return (uint8_t)(level >> bit & 1 ? mask : 0);
}

static void copy(uint8_t *target, const uint8_t *source, int32_t bytes) {
    for (int32_t i = 0; i < bytes; i++) target[i] = source[i];
}

void df_fill_border(const df_layout *layout, uint8_t *image) {
    const int32_t border = layout->border;
    if (border == 0)
        return;
    const int32_t height = layout->shape.height / layout->block, row_bytes = layout->row_bytes;
    /* One pixel, then the first row from it, then all else from the row. */
    for (int32_t i = 0; i < layout->segment_bytes; i++) image[i] = border_byte(layout, i);
    for (int32_t i = layout->segment_bytes; i < row_bytes; i++) image[i] = image[i - layout->segment_bytes];
    for (int32_t row = 1; row < height + 2 * border; row++) {
        uint8_t *target = image + (int64_t)row * row_bytes;
        if (row < border || row >= height + border) {
            copy(target, image, row_bytes);
        } else {
            copy(target, image, border * layout->pixel_bytes);
            copy(target + row_bytes - border * layout->pixel_bytes, image, border * layout->pixel_bytes);
        }
    }
}
