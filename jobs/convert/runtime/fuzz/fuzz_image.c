/* Any bytes as an image file: what a stranger may send to the runner. The interface of libFuzzer and its kin. */
#include <stdlib.h>
#include <string.h>

#include "../runner/image.h"

enum { HEIGHT = 6, WIDTH = 9, UNTOUCHED = 0x5a };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    uint8_t pixels[HEIGHT * WIDTH * 3];
    memset(pixels, UNTOUCHED, sizeof pixels);
    image_fault fault = {NULL, ""};
    const image_size size = {HEIGHT, WIDTH};
    if (read_pixels(bytes, length, size, pixels, &fault) == 0)
        return 0;
    /* A refusal has its code, and leaves the pixels alone. */
    if (fault.code == NULL || fault.detail[0] == '\0')
        abort();
    for (size_t i = 0; i < sizeof pixels; i++) {
        if (pixels[i] != UNTOUCHED)
            abort();
    }
    return 0;
}
