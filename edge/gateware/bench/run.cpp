// Runs all benches side by side and prints a line for each: name, checks, failures.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "Vdf_benches.h"
#include "verilated.h"

// Written by src/benches/build-benches.ts.
static const char *const NAMES[] = {DF_BENCH_NAMES};
static constexpr int COUNT = sizeof(NAMES) / sizeof(NAMES[0]);

int main(int argc, char **argv) {
    const long cycles = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 10000;
    // Registers and memories begin with random values; $urandom has the same seed.
    Verilated::randReset(2);
    Verilated::randSeed(argc > 2 ? std::atoi(argv[2]) : 1);
    const auto model = std::make_unique<Vdf_benches>();
    for (long cycle = 0; cycle < cycles; cycle++) {
        model->clk_i = 0;
        model->eval();
        model->clk_i = 1;
        model->eval();
    }
    for (int i = 0; i < COUNT; i++) {
        std::printf("%s %u %u\n", NAMES[i], static_cast<uint32_t>(model->checks_o[i]), static_cast<uint32_t>(model->failures_o[i]));
    }
    return 0;
}
