// Runs commands against the Verilated engine, through the driver that the board uses. Commands come from standard input
// and answers go to standard output, both as little-endian 32-bit words; src/simulation.ts speaks the other end. With
// `--serve SOCKET [--stuck]` it is an engine for programs of the board instead: engine_server.h.
#include <cstdio>
#include <cstring>
#include <exception>
#include <vector>

#include "axi_lite_bus.h"
#include "df_fpga.h"
#include "engine_server.h"
#include "verilated.h"

enum Command : uint32_t { PROBE = 1, LOAD, RUN, READ_LEVELS, WRITE, READ, IDLE, RESET, PAUSES, INTERRUPT, READ_ACCUMULATORS };

static uint32_t next() {
    uint32_t word;
    if (std::fread(&word, 4, 1, stdin) != 1) throw std::runtime_error("a command ends too soon");
    return word;
}

static std::vector<uint32_t> next_words() {
    std::vector<uint32_t> words(next());
    for (uint32_t &word : words) word = next();
    return words;
}

static void answer(uint32_t word) {
    if (std::fwrite(&word, 4, 1, stdout) != 1) throw std::runtime_error("standard output is closed");
}

static void execute(uint32_t command, AxiLiteBus &axi, const df_fpga_bus &bus) {
    switch (command) {
    case PROBE: return answer(df_fpga_probe(&bus));
    case LOAD: {
        const auto words = next_words();
        return answer(df_fpga_load(&bus, words.data(), words.size()));
    }
    case RUN: {
        const auto pixels = next_words();
        uint32_t cycles = 0;
        answer(df_fpga_run(&bus, pixels.data(), pixels.size(), next(), &cycles));
        return answer(cycles);
    }
    case READ_LEVELS: {
        const uint32_t buffer = next();
        std::vector<uint32_t> words(next());
        df_fpga_read_levels(&bus, buffer, words.data(), words.size());
        for (const uint32_t word : words) answer(word);
        return;
    }
    case WRITE: {
        const uint32_t offset = next(), value = next(), strobes = next();
        return answer(axi.write(offset, value, strobes));
    }
    case READ: return answer(axi.read(next()));
    case IDLE: return axi.idle(next());
    case RESET: return axi.reset();
    case PAUSES: {
        const uint32_t bus_percent = next(), issue_percent = next();
        return axi.set_pauses(bus_percent, issue_percent, next());
    }
    case INTERRUPT: return answer(axi.interrupt());
    case READ_ACCUMULATORS: {
        std::vector<int32_t> sums(next());
        df_fpga_read_accumulators(&bus, sums.data(), sums.size());
        for (const int32_t sum : sums) answer(uint32_t(sum));
        return;
    }
    default: throw std::runtime_error("an unknown command");
    }
}

int main(int argc, char **argv) {
    // Registers and memories begin with random values, so that nothing may rely on what a reset does not set.
    Verilated::randReset(2);
    Verilated::randSeed(1);
    AxiLiteBus axi;
    const df_fpga_bus bus = {
        &axi,
        [](void *context, uint32_t offset) { return static_cast<AxiLiteBus *>(context)->read(offset); },
        [](void *context, uint32_t offset, uint32_t value) {
            static_cast<AxiLiteBus *>(context)->write(offset, value);
        },
        nullptr,
    };
    try {
        if (argc >= 3 && std::strcmp(argv[1], "--serve") == 0) {
            serve_engine(axi, argv[2], {argc == 4 && std::strcmp(argv[3], "--stuck") == 0});
            return 0;
        }
        uint32_t command;
        while (std::fread(&command, 4, 1, stdin) == 1) execute(command, axi, bus);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
