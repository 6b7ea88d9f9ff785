/* --input_image: classifies image files and writes output.json, in the form of Blueoil's run.py, once all are done. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "classify.h"

/* Blueoil's version of the form, whose strings are numbers here and whose times are a summary each. */
#define OUTPUT_VERSION "0.2"

/* Caches, page tables and clocks settle in as many runs. */
enum { WARM_UP_RUNS = 10 };

typedef struct benchmark {
    stage_seconds *each;
    uint32_t count;
} benchmark;

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double square_root(double value) {
    double root = value < 1.0 ? 1.0 : value;
    for (int i = 0; i < 64; i++) root = 0.5 * (root + value / root);
    return root;
}

/* The value that so many percent do not exceed: nearest rank. */
static double percentile(const double *sorted, uint32_t count, uint32_t percent) {
    return sorted[((uint64_t)count * percent + 99) / 100 - 1];
}

static void write_summary(FILE *output, const char *name, double *seconds, uint32_t count) {
    double sum = 0.0, squares = 0.0;
    for (uint32_t i = 0; i < count; i++) sum += seconds[i];
    const double mean = sum / count;
    for (uint32_t i = 0; i < count; i++) squares += (seconds[i] - mean) * (seconds[i] - mean);
    qsort(seconds, count, sizeof *seconds, ascending);
    fprintf(output, "\"%s\": {\"mean\": %.9g, \"std\": %.9g, \"p50\": %.9g, \"p95\": %.9g}", name, mean,
            squares > 0 ? square_root(squares / count) : 0.0, percentile(seconds, count, 50),
            percentile(seconds, count, 95));
}

static void write_benchmark(FILE *output, const benchmark *times, uint32_t trials) {
    static const char *const names[] = {"total", "pre", "inference", "post"};
    double *seconds = (double *)allocate(times->count * sizeof *seconds);
    fprintf(output, "    \"benchmark\": {\n        \"trials\": %u,\n        \"kernels\": \"%s\"", trials, df_kernels());
    for (int stage = 0; stage < 4; stage++) {
        for (uint32_t i = 0; i < times->count; i++) {
            const stage_seconds one = times->each[i];
            const double parts[] = {one.pre + one.inference + one.post, one.pre, one.inference, one.post};
            seconds[i] = parts[stage];
        }
        fputs(",\n        ", output);
        write_summary(output, names[stage], seconds, times->count);
    }
    fputs("\n    },\n", output);
    free(seconds);
}

static void write_class(FILE *output, uint32_t label) {
    fprintf(output, "{\"id\": %u, \"name\": ", label);
    write_json_string(output, df_model_info()->class_names[label]);
    fputc('}', output);
}

static void write_result(FILE *output, const char *path, const classifier *done) {
    fputs("        {\"file_path\": ", output);
    write_json_string(output, path);
    fputs(", \"prediction\": [", output);
    for (uint32_t k = 0; k < df_model_info()->classes; k++) {
        fputs(k == 0 ? "\n            {\"class\": " : ",\n            {\"class\": ", output);
        write_class(output, k);
        fprintf(output, ", \"probability\": %.9g}", (double)done->probabilities[k]);
    }
    fputs("\n        ]}", output);
}

static void write_classes(FILE *output) {
    fputs("    \"classes\": [", output);
    for (uint32_t k = 0; k < df_model_info()->classes; k++) {
        fputs(k == 0 ? "\n        " : ",\n        ", output);
        write_class(output, k);
    }
    fputs("\n    ],\n", output);
}

static void write_date(FILE *output) {
    struct timespec now;
    struct tm utc;
    char text[32];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    fprintf(output, "    \"date\": \"%s.%03ldZ\",\n", text, now.tv_nsec / 1000000);
}

/* Classifies one image, to warm up and then trials times, and appends its result. */
static int add_image(FILE *results, const char *path, uint32_t trials, classifier *self, benchmark *times) {
    image_fault fault;
    uint8_t *bytes;
    size_t length;
    int failed = read_image_file(path, &bytes, &length, &fault);
    stage_seconds spent;
    for (uint32_t i = 0; !failed && i < WARM_UP_RUNS && i < trials; i++)
        failed = classify(self, bytes, length, &spent, &fault);
    for (uint32_t i = 0; !failed && i < trials; i++)
        failed = classify(self, bytes, length, &times->each[times->count++], &fault);
    free(bytes);
    if (failed)
        return fail(strcmp(fault.code, MACHINE_FAILED) == 0 ? RUNNER_MACHINE : RUNNER_REFUSED, "%s: %s: %s", fault.code,
                    path, fault.detail);
    write_result(results, path, self);
    const uint32_t best = best_class(self);
    printf("%s: %s (%.4f)\n", path, df_model_info()->class_names[best], (double)self->probabilities[best]);
    return RUNNER_OK;
}

static int write_document(const char *directory, const char *results, const benchmark *times, uint32_t trials) {
    if (mkdir(directory, 0777) != 0 && errno != EEXIST)
        return fail(RUNNER_IO, "%s: %s", directory, strerror(errno));
    const size_t room = strlen(directory) + sizeof "/output.json.part";
    char *path = (char *)allocate(room), *part = (char *)allocate(room);
    snprintf(path, room, "%s/output.json", directory);
    snprintf(part, room, "%s/output.json.part", directory);
    FILE *output = fopen(part, "we");
    if (output != NULL) {
        fputs("{\n    \"version\": " OUTPUT_VERSION ",\n    \"task\": \"IMAGE.CLASSIFICATION\",\n", output);
        write_classes(output);
        write_date(output);
        write_benchmark(output, times, trials);
        fprintf(output, "    \"results\": [\n%s\n    ]\n}\n", results);
    }
    /* Beside it and then renamed, so that a reader never sees half of it. */
    const int failed = output == NULL || ferror(output) | (fclose(output) != 0) || rename(part, path) != 0;
    const int code = failed ? fail(RUNNER_IO, "%s: %s", path, strerror(errno)) : RUNNER_OK;
    if (failed)
        unlink(part);
    free(path);
    free(part);
    return code;
}

int run_predict(const char *const *paths, uint32_t count, uint32_t trials, const char *directory) {
    char *results = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&results, &length);
    classifier self = create_classifier();
    benchmark times = {(stage_seconds *)allocate((size_t)count * trials * sizeof(stage_seconds)), 0};
    int code = stream == NULL ? fail(RUNNER_IO, "no memory for the results") : RUNNER_OK;
    for (uint32_t i = 0; code == RUNNER_OK && i < count; i++) {
        if (i > 0)
            fputs(",\n", stream);
        code = add_image(stream, paths[i], trials, &self, &times);
    }
    if (stream != NULL && fclose(stream) != 0 && code == RUNNER_OK)
        code = fail(RUNNER_IO, "no memory for the results");
    if (code == RUNNER_OK)
        code = write_document(directory, results, &times, trials);
    destroy_classifier(&self);
    free(times.each);
    free(results);
    return code;
}
