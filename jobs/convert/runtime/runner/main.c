/* dropforge-run: runs the converted network that is linked into it, on raw images. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

static const char usage[] =
    "usage: dropforge-run MODE\n"
    "  --info                            describe the network, as JSON\n"
    "  --serve-stdio                     read raw images from stdin until it ends, write each one's logits to stdout\n"
    "  --images FILE --output FILE       run every image of a file, write all logits\n"
    "  --self-test IMAGES LOGITS         compare with expected logits, bit for bit; exit code 1 if they differ\n"
    "  --layers IMAGES                   fingerprint every layer of the first image, as JSON\n"
    "  --benchmark N                     time N runs, as JSON\n"
    "An image is height x width x channels bytes, a logit a little-endian int32. DF_KERNEL=portable forces the plain\n"
    "kernels. Exit codes: 0 success, 1 outputs differ, 2 usage, 3 input or output failed.\n";

static int show_usage(void) {
    fputs(usage, stderr);
    return RUNNER_USAGE;
}

static int parse_count(const char *text, uint32_t *count) {
    char *end;
    errno = 0;
    const unsigned long value = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value < 1 || value > 1000000)
        return 0;
    *count = (uint32_t)value;
    return 1;
}

static int is(const char *argument, const char *name) {
    return strcmp(argument, name) == 0;
}

int main(int argc, char **argv) {
    if (df_abi_version() != DF_ABI_VERSION)
        return fail(RUNNER_USAGE, "the library has another ABI version");
    const char *kernels = getenv("DF_KERNEL");
    if (kernels != NULL && df_select_kernels(kernels) != DF_OK) {
        return fail(RUNNER_USAGE, "DF_KERNEL=%s: no such kernels here; use auto or portable", kernels);
    }
    uint32_t count;
    if (argc == 2 && is(argv[1], "--info"))
        return run_info();
    if (argc == 2 && is(argv[1], "--serve-stdio"))
        return run_serve();
    if (argc == 5 && is(argv[1], "--images") && is(argv[3], "--output"))
        return run_batch(argv[2], argv[4]);
    if (argc == 4 && is(argv[1], "--self-test"))
        return run_self_test(argv[2], argv[3]);
    if (argc == 3 && is(argv[1], "--layers"))
        return run_layers(argv[2]);
    if (argc == 3 && is(argv[1], "--benchmark") && parse_count(argv[2], &count))
        return run_benchmark(count);
    return show_usage();
}
