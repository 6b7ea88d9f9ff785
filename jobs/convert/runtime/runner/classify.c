/* One image file to probabilities, with the time of each stage. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "classify.h"

int read_image_file(const char *path, uint8_t **bytes, size_t *length, image_fault *fault) {
    struct stat status;
    *bytes = NULL;
    /* Without waiting: a pipe of that name is refused, not waited for. */
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return refuse(fault, "FILE_UNREADABLE", "%s", strerror(errno));
    int result = -1;
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        refuse(fault, "FILE_UNREADABLE", "it is no regular file");
    } else if (status.st_size > (off_t)IMAGE_FILE_BYTES) {
        refuse(fault, "FILE_TOO_LARGE", "it has %lld bytes; the limit is %u", (long long)status.st_size,
               IMAGE_FILE_BYTES);
    } else {
        *bytes = allocate((size_t)status.st_size + 1);
        const long count = read_fully(descriptor, *bytes, (size_t)status.st_size);
        result = count < 0 ? refuse(fault, "FILE_UNREADABLE", "%s", strerror(errno)) : 0;
        *length = count < 0 ? 0 : (size_t)count;
    }
    close(descriptor);
    return result;
}

classifier create_classifier(void) {
    const classifier created = {
        .pixels = allocate(image_bytes()),
        .logits = (int32_t *)allocate(logit_bytes()),
        .probabilities = (float *)allocate(df_model_info()->classes * sizeof(float)),
    };
    return created;
}

void destroy_classifier(classifier *old) {
    free(old->pixels);
    free(old->logits);
    free(old->probabilities);
}

int check_channels(image_fault *fault) {
    const uint32_t channels = df_model_info()->channels;
    return channels == 3 ? 0 : refuse(fault, "MODEL_NOT_RGB", "the network reads %u channels, not RGB", channels);
}

int classify(classifier *self, const uint8_t *bytes, size_t length, stage_seconds *spent, image_fault *fault) {
    const df_info *info = df_model_info();
    const image_size size = {info->height, info->width};
    if (check_channels(fault) != 0)
        return -1;
    const double start = seconds_now();
    if (read_pixels(bytes, length, size, self->pixels, fault) != 0)
        return -1;
    const double decoded = seconds_now();
    const int32_t code = df_run(self->pixels, self->logits, NULL, 0);
    if (code != DF_OK)
        return refuse(fault, MACHINE_FAILED, "error %d: %s", code, df_error_text(code));
    const double computed = seconds_now();
    df_probabilities(self->logits, self->probabilities);
    const double ended = seconds_now();
    *spent = (stage_seconds){decoded - start, computed - decoded, ended - computed};
    return 0;
}

/* The first of the largest logits: as the reference has it. */
uint32_t best_class(const classifier *self) {
    uint32_t best = 0;
    for (uint32_t k = 1; k < df_model_info()->classes; k++) {
        if (self->logits[k] > self->logits[best])
            best = k;
    }
    return best;
}
