/* From the bytes of an image file to the probabilities of the classes. */
#ifndef RUNNER_CLASSIFY_H
#define RUNNER_CLASSIFY_H

#include "image.h"
#include "runner.h"

/* Memory for one image at a time, and what came out for it. */
typedef struct classifier {
    uint8_t *pixels;
    int32_t *logits;
    float *probabilities;
} classifier;

/* pre: decoding and resizing; post: from logits to probabilities. */
typedef struct stage_seconds {
    double pre;
    double inference;
    double post;
} stage_seconds;

classifier create_classifier(void);
void destroy_classifier(classifier *old);

/* The code of a fault that is not the image's: the machine that the network is for cannot run it. */
#define MACHINE_FAILED "MACHINE_FAILED"

/* Returns 0, or -1 with the fault of read_pixels, MODEL_NOT_RGB or MACHINE_FAILED. */
int classify(classifier *self, const uint8_t *bytes, size_t length, stage_seconds *spent, image_fault *fault);
/* Label of the largest logit. */
uint32_t best_class(const classifier *self);

/* Images are RGB. Returns 0, or -1 with MODEL_NOT_RGB. */
int check_channels(image_fault *fault);

/* The whole file, from malloc; null on failure. Returns 0, or -1 with FILE_UNREADABLE or FILE_TOO_LARGE. */
int read_image_file(const char *path, uint8_t **bytes, size_t *length, image_fault *fault);

#endif
