/* --serve-stdio: a program that stays loaded and answers each image as soon as it has come. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "runner.h"

int run_serve_stdio(void) {
    uint8_t *pixels = allocate(image_bytes());
    int32_t *logits = (int32_t *)allocate(logit_bytes());
    for (;;) {
        const long count = read_fully(STDIN_FILENO, pixels, image_bytes());
        if (count == 0)
            return RUNNER_OK;
        if (count < 0)
            return fail(RUNNER_IO, "stdin: %s", strerror(errno));
        if ((size_t)count < image_bytes())
            return fail(RUNNER_IO, "stdin ended within an image, after %ld bytes", count);
        const int code = run_image(pixels, logits);
        if (code != RUNNER_OK)
            return code;
        if (write_fully(STDOUT_FILENO, logits, logit_bytes()) != 0) {
            return fail(RUNNER_IO, "stdout: %s", strerror(errno));
        }
    }
}
