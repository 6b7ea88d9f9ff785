// The top level of the board with a simulated processor: commands from standard input, answers to standard output, both as
// little-endian 32-bit words; src/board-simulation.ts speaks the other end. The processor uses bursts of up to 16 words and
// hesitates with its answers, as its caches and its software never quite would.
#include <cstdint>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <vector>

#include "Vdf_de10_nano.h"
#include "Vdf_de10_nano__Dpi.h"
#include "verilated.h"

namespace {

enum Command : uint32_t { WRITE = 1, READ, AWAIT_INTERRUPT, LIGHTS };

constexpr int MOST_CYCLES = 100000;  // of one access

// What the bridge drives, and what came back. Both halves are independent; the program uses one at a time.
struct Processor {
    bool awvalid = false, wvalid = false, bready = false, arvalid = false, rready = false;
    bool shown_awvalid = false, shown_wvalid = false, shown_arvalid = false;  // what the bridge has driven since the last edge
    uint32_t awid = 0, awaddr = 0, arid = 0, araddr = 0, beat = 0;
    std::vector<uint32_t> out, in;
    uint32_t expected = 0;
    bool written = false;
    uint64_t interrupts = 0;
    uint32_t random = 1;

    bool hesitates() {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        return random % 3 == 0;
    }
} processor;

uint32_t next_word() {
    uint32_t word;
    if (std::fread(&word, 4, 1, stdin) != 1) throw std::runtime_error("a command ends too soon");
    return word;
}

void answer(uint32_t word) {
    if (std::fwrite(&word, 4, 1, stdout) != 1) throw std::runtime_error("standard output is closed");
}

}  // namespace

extern "C" void board_interrupts(long long irq) { processor.interrupts = static_cast<uint64_t>(irq); }

// At a rising edge: what was offered and taken is over, what came is kept, and the next offer is made.
extern "C" void board_edge(svBit awready, svBit wready, svBit bvalid, int bid, int bresp, svBit arready, svBit rvalid, int rid,
                           int rdata, int rresp, svBit rlast, svBit *awvalid, int *awid, int *awaddr, int *awlen, svBit *wvalid,
                           int *wdata, svBit *wlast, svBit *bready, svBit *arvalid, int *arid, int *araddr, int *arlen,
                           svBit *rready) {
    Processor &p = processor;
    if (p.shown_awvalid && awready) p.awvalid = false;
    if (p.shown_wvalid && wready) p.wvalid = ++p.beat < p.out.size();
    if (p.bready && bvalid) {
        if (static_cast<uint32_t>(bid) != p.awid) throw std::runtime_error("a write was answered under another id");
        if (bresp != 0) throw std::runtime_error("a write was refused");
        p.written = true;
        p.awid = (p.awid + 1) & 0xfff;
    }
    if (p.shown_arvalid && arready) p.arvalid = false;
    if (p.rready && rvalid) {
        if (static_cast<uint32_t>(rid) != p.arid) throw std::runtime_error("a read was answered under another id");
        if (rresp != 0) throw std::runtime_error("a read was refused");
        p.in.push_back(static_cast<uint32_t>(rdata));
        if ((rlast != 0) != (p.in.size() == p.expected)) throw std::runtime_error("a read has another length");
    }
    p.bready = !p.hesitates();
    p.rready = !p.hesitates();
    p.shown_awvalid = p.awvalid;
    p.shown_wvalid = p.wvalid;
    p.shown_arvalid = p.arvalid;
    *awvalid = p.awvalid;
    *awid = static_cast<int>(p.awid);
    *awaddr = static_cast<int>(p.awaddr);
    *awlen = p.out.empty() ? 0 : static_cast<int>(p.out.size()) - 1;
    *wvalid = p.wvalid;
    *wdata = p.wvalid ? static_cast<int>(p.out[p.beat]) : 0;
    *wlast = p.wvalid && p.beat + 1 == p.out.size();
    *bready = p.bready;
    *arvalid = p.arvalid;
    *arid = static_cast<int>(p.arid);
    *araddr = static_cast<int>(p.araddr);
    *arlen = p.expected == 0 ? 0 : static_cast<int>(p.expected) - 1;
    *rready = p.rready;
}

namespace {

class Board {
  public:
    void write(uint32_t address, const std::vector<uint32_t> &words) {
        processor.awaddr = address;
        processor.out = words;
        processor.beat = 0;
        processor.awvalid = processor.wvalid = true;
        processor.written = false;
        until([] { return processor.written; }, MOST_CYCLES, "a write was not answered");
    }

    std::vector<uint32_t> read(uint32_t address, uint32_t count) {
        processor.araddr = address;
        processor.in.clear();
        processor.expected = count;
        processor.arvalid = true;
        until([] { return processor.in.size() == processor.expected; }, MOST_CYCLES, "a read was not answered");
        processor.arid = (processor.arid + 1) & 0xfff;
        return processor.in;
    }

    template <typename Condition> void until(Condition holds, uint64_t most_cycles, const char *otherwise) {
        for (uint64_t cycle = 0; cycle < most_cycles; cycle++) {
            if (holds()) return;
            model_.clk50_i = 0;
            model_.eval();
            model_.clk50_i = 1;
            model_.eval();
        }
        throw std::runtime_error(otherwise);
    }

    uint32_t lights() const { return model_.led_o; }

  private:
    Vdf_de10_nano model_;
};

void execute(uint32_t command, Board &board) {
    switch (command) {
    case WRITE: {
        uint32_t address = next_word();
        std::vector<uint32_t> words(next_word());
        for (uint32_t &word : words) word = next_word();
        return board.write(address, words);
    }
    case READ: {
        const uint32_t address = next_word(), count = next_word();
        for (const uint32_t word : board.read(address, count)) answer(word);
        return;
    }
    case AWAIT_INTERRUPT:
        return board.until([] { return processor.interrupts == 1; }, next_word(), "the interrupt did not come");
    case LIGHTS: return answer(board.lights());
    default: throw std::runtime_error("an unknown command");
    }
}

}  // namespace

int main() {
    Verilated::randReset(2);
    Verilated::randSeed(1);
    Board board;
    try {
        uint32_t command;
        while (std::fread(&command, 4, 1, stdin) == 1) execute(command, board);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
