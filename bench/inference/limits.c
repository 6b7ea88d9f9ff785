/*
 * How fast this processor executes the instructions that each kernel cannot do without, from registers and on independent
 * sums: a bound that loads, stores and loop ends only add to. Usage: limits STREAM; prints nanoseconds for one step of
 * twelve sums, the median of many short runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STEPS = 2000, RUNS = 301 };

#define TWELVE(STEP) STEP(0) STEP(1) STEP(2) STEP(3) STEP(4) STEP(5) STEP(6) STEP(7) STEP(8) STEP(9) STEP(10) STEP(11)

/* Sums in registers 0 to 11; 12 and 13 hold the operands. The temporary of AVX2 is one of the two left. */
#define LOOK_UP_YMM(sum) "vpshufb %%ymm12, %%ymm13, %%ymm14\n vpaddb %%ymm14, %%ymm" #sum ", %%ymm" #sum "\n"
#define LOOK_UP_ZMM(sum) "vpshufb %%zmm12, %%zmm13, %%zmm14\n vpaddb %%zmm14, %%zmm" #sum ", %%zmm" #sum "\n"
#define LOOK_UP_SIX(sum) "vpermb %%zmm12, %%zmm13, %%zmm14\n vpaddb %%zmm14, %%zmm" #sum ", %%zmm" #sum "\n"
#define COUNT_ZMM(sum)                                                                                                 \
    "vpandd %%zmm12, %%zmm13, %%zmm14\n vpopcntd %%zmm14, %%zmm14\n vpaddd %%zmm14, %%zmm" #sum ", %%zmm" #sum "\n"

#define CLOBBERED                                                                                                      \
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",         \
        "xmm13", "xmm14"

static void look_up_ymm(void) {
    for (int step = 0; step < STEPS; step++) __asm__ volatile(TWELVE(LOOK_UP_YMM)::: CLOBBERED);
}

static void look_up_zmm(void) {
    for (int step = 0; step < STEPS; step++) __asm__ volatile(TWELVE(LOOK_UP_ZMM)::: CLOBBERED);
}

static void look_up_six(void) {
    for (int step = 0; step < STEPS; step++) __asm__ volatile(TWELVE(LOOK_UP_SIX)::: CLOBBERED);
}

static void count_zmm(void) {
    for (int step = 0; step < STEPS; step++) __asm__ volatile(TWELVE(COUNT_ZMM)::: CLOBBERED);
}

/* What other code left there must not matter. */
static void clear_registers(void) {
    __asm__ volatile("vzeroall" ::: CLOBBERED);
}

static double nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*run)(void);
    } streams[] = {
        {"avx2", look_up_ymm}, {"avx512bw", look_up_zmm}, {"avx512vbmi", look_up_six}, {"avx512", count_zmm}};
    for (size_t i = 0; argc == 2 && i < sizeof streams / sizeof *streams; i++) {
        if (strcmp(argv[1], streams[i].name) != 0)
            continue;
        double times[RUNS];
        for (int run = 0; run < RUNS; run++) {
            clear_registers();
            const double start = nanoseconds();
            streams[i].run();
            times[run] = (nanoseconds() - start) / STEPS;
        }
        qsort(times, RUNS, sizeof *times, ascending);
        printf("%.6f\n", times[RUNS / 2]);
        return 0;
    }
    return 1;
}
