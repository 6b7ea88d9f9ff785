/* Runs one image as often as its argument says. */
#include <stdlib.h>

#include "dropforge.h"

int main(int argc, char **argv) {
    const df_info *info = df_model_info();
    uint8_t *pixels = calloc(info->height * info->width, info->channels);
    int32_t *logits = calloc(info->classes, sizeof *logits);
    const int images = argc == 2 ? atoi(argv[1]) : 0;
    for (int i = 0; i < images; i++) {
        if (df_run(pixels, logits, NULL, 0) != DF_OK)
            return 1;
    }
    free(pixels);
    free(logits);
    return 0;
}
