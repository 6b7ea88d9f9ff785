/* dropforge-run: runs the converted network that is linked into it, on image files or on raw images. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

static const char usage[] =
    "usage: dropforge-run -i IMAGE... [--trial N] [-o DIRECTORY]\n"
    "       dropforge-run MODE\n"
    "  -i, --input_image IMAGE           classify a JPEG or PNG file; may be given many times\n"
    "  --trial N                         measure N times (1)\n"
    "  -o, --output DIRECTORY            where output.json goes (output)\n"
    "  --serve [PORT]                    answer HTTP on 127.0.0.1 (8651): POST /predict an image, GET /health\n"
    "  --self-test IMAGES LOGITS         compare with expected logits, bit for bit; exit code 1 if they differ\n"
    "  --info                            describe the network, as JSON\n"
    "  --serve-stdio                     read raw images from stdin until it ends, write each one's logits to stdout\n"
    "  --pixels IMAGE                    write what the network sees of a JPEG or PNG file to stdout, as a raw image\n"
    "  --images FILE --output FILE       run every raw image of a file, write all logits\n"
    "  --layers IMAGES                   fingerprint every layer of the first raw image, as JSON\n"
    "  --benchmark N                     time N runs, as JSON\n"
    "A raw image is height x width x channels bytes, a logit a little-endian int32. DF_KERNEL=portable forces the "
    "plain\n"
    "kernels. DF_ENGINE=uio, /dev/mem or unix:SOCKET names the engine of a program for fpga. Exit codes: 0 success,\n"
    "1 outputs differ, 2 usage, 3 input or output failed, 4 an image is refused, 5 the machine that the network is\n"
    "for, such as an engine, cannot run it.\n";

enum { DEFAULT_PORT = 8651, MOST_IMAGES = 10000 };

static int show_usage(void) {
    fputs(usage, stderr);
    return RUNNER_USAGE;
}

static int parse_count(const char *text, uint32_t least, uint32_t most, uint32_t *count) {
    char *end;
    errno = 0;
    const unsigned long value = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value < least || value > most)
        return 0;
    *count = (uint32_t)value;
    return 1;
}

static int is(const char *argument, const char *name) {
    return strcmp(argument, name) == 0;
}

/* -i IMAGE... [--trial N] [-o DIRECTORY], in any order. */
static int predict(int argc, char **argv) {
    const char **paths = (const char **)allocate((size_t)argc * sizeof *paths);
    const char *directory = "output";
    uint32_t count = 0, trials = 1;
    int is_valid = argc % 2 == 1 && argc <= 2 * MOST_IMAGES;
    for (int i = 1; is_valid && i < argc; i += 2) {
        if (is(argv[i], "-i") || is(argv[i], "--input_image")) {
            paths[count++] = argv[i + 1];
        } else if (is(argv[i], "-o") || is(argv[i], "--output")) {
            directory = argv[i + 1];
        } else {
            is_valid = is(argv[i], "--trial") && parse_count(argv[i + 1], 1, 1000000, &trials);
        }
    }
    const int code = is_valid && count > 0 && (uint64_t)count * trials <= 10000000
                         ? run_predict(paths, count, trials, directory)
                         : show_usage();
    free(paths);
    return code;
}

int main(int argc, char **argv) {
    if (df_abi_version() != DF_ABI_VERSION)
        return fail(RUNNER_USAGE, "the library has another ABI version");
    const char *kernels = getenv("DF_KERNEL");
    if (kernels != NULL && df_select_kernels(kernels) != DF_OK) {
        return fail(RUNNER_USAGE, "DF_KERNEL=%s: no such kernels here; use auto or portable", kernels);
    }
    uint32_t count = DEFAULT_PORT;
    if (argc == 2 && is(argv[1], "--info"))
        return run_info();
    if (argc == 2 && is(argv[1], "--serve-stdio"))
        return run_serve_stdio();
    if (argc >= 2 && argc <= 3 && is(argv[1], "--serve") && (argc == 2 || parse_count(argv[2], 0, 65535, &count)))
        return run_serve((uint16_t)count);
    if (argc == 3 && is(argv[1], "--pixels"))
        return run_pixels(argv[2]);
    if (argc == 5 && is(argv[1], "--images") && is(argv[3], "--output"))
        return run_batch(argv[2], argv[4]);
    if (argc == 4 && is(argv[1], "--self-test"))
        return run_self_test(argv[2], argv[3]);
    if (argc == 3 && is(argv[1], "--layers"))
        return run_layers(argv[2]);
    if (argc == 3 && is(argv[1], "--benchmark") && parse_count(argv[2], 1, 1000000, &count))
        return run_benchmark(count);
    return predict(argc, argv);
}
