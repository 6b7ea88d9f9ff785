// Random AXI3 bursts through the bridge into an AXI4-Lite memory, with random pauses on every channel.
// Arguments: seed, bursts of each kind, percent of the cycles in which a valid or a ready is withheld.
// Every beat is compared with the addresses that the standard names (ARM IHI 0022D, A3.4.1), every answer with what the
// memory gave, every channel with the rule that an offer stays as it is until it is taken. Ends with 1 at the first fault.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <stdexcept>
#include <string>
#include <vector>

#include "Vdf_axi3_bridge.h"

namespace {

constexpr uint32_t OKAY = 0, SLVERR = 2, DECERR = 3;
constexpr uint32_t FIXED = 0, INCR = 1, WRAP = 2;

struct Random {
    uint32_t state;
    // Marsaglia's xorshift32: the same seed gives the same run.
    uint32_t next() {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        return state;
    }
    uint32_t below(uint32_t bound) { return next() % bound; }
};

struct Beat {
    uint32_t address, data, strobes, response;
};

struct Burst {
    uint32_t id, address, length, size, kind;
    std::vector<Beat> beats;
    bool refused = false, wrong_last = false;
};

[[noreturn]] void fail(const std::string &what) { throw std::runtime_error(what); }

// The address of beat `n`, counted from 0, as the standard writes it down.
uint32_t address_of(const Burst &burst, uint32_t n) {
    const uint32_t bytes = 1u << burst.size;
    const uint32_t aligned = burst.address / bytes * bytes;
    if (n == 0 || burst.kind == FIXED) return burst.address;
    const uint32_t address = aligned + n * bytes;
    if (burst.kind != WRAP) return address & 0x1fffff;
    const uint32_t container = bytes * (burst.length + 1);
    const uint32_t boundary = burst.address / container * container;
    return address >= boundary + container ? address - container : address;
}

bool is_refused(const Burst &burst) {
    if (burst.size > 2 || burst.kind == 3) return true;
    const uint32_t beats = burst.length + 1;
    return burst.kind == WRAP && beats != 2 && beats != 4 && beats != 8 && beats != 16;
}

// The memory answers by address, so that each kind of answer comes up; it takes whole words only, as the engine does.
uint32_t response_of(uint32_t address, uint32_t strobes) {
    if ((address >> 12) % 8 == 7) return DECERR;
    return strobes == 0xf ? OKAY : SLVERR;
}

Burst random_burst(Random &random, bool writes) {
    Burst burst{random.below(4096), random.below(1 << 21), random.below(16), 2, INCR, {}};
    if (random.below(3) == 0) burst.kind = random.below(4);
    if (random.below(3) == 0) burst.size = random.below(4);
    if (random.below(2) == 0) burst.length = 0;
    // A burst that wraps begins at a multiple of its beats.
    if (burst.kind == WRAP) burst.address &= ~((1u << burst.size) - 1);
    burst.refused = is_refused(burst);
    burst.wrong_last = writes && random.below(16) == 0;
    for (uint32_t n = 0; n <= burst.length; n++) {
        const uint32_t strobes = writes && random.below(4) == 0 ? random.below(16) : 0xf;
        burst.beats.push_back({address_of(burst, n), random.next(), strobes, OKAY});
    }
    return burst;
}

// A channel's offer: once valid it stays, and so does what it says.
struct Offer {
    const char *name;
    bool waiting = false;
    uint64_t said = 0;
    void check(bool valid, bool ready, uint64_t says) {
        if (waiting && (!valid || says != said)) fail(std::string(name) + " changed before it was taken");
        waiting = valid && !ready;
        said = says;
    }
};

class Bench {
  public:
    Bench(uint32_t seed, uint32_t bursts, uint32_t pauses) : random_{seed * 2654435761u | 1u}, pauses_(pauses) {
        for (uint32_t n = 0; n < bursts; n++) {
            writes_.push_back(random_burst(random_, true));
            reads_.push_back(random_burst(random_, false));
        }
        model_.reset_i = 1;
        for (int n = 0; n < 4; n++) tick();
        model_.reset_i = 0;
    }

    void run() {
        const uint64_t most_cycles = 4000 + 4000ull * (writes_.size() + reads_.size());
        while (!writes_.empty() || !reads_.empty()) {
            if (++cycles_ > most_cycles) fail("an access was not answered");
            cycle();
        }
        std::printf("%llu cycles, %u beats, %u refused\n", static_cast<unsigned long long>(cycles_), beats_, refused_);
    }

  private:
    bool goes() { return random_.below(100) >= pauses_; }

    void cycle() {
        offer_write();
        offer_read();
        answer_lite_write();
        answer_lite_read();
        model_.clk_i = 0;
        model_.eval();
        check_offers();
        take_write();
        take_read();
        take_lite_write();
        take_lite_read();
        tick();
    }

    void tick() {
        model_.clk_i = 0;
        model_.eval();
        model_.clk_i = 1;
        model_.eval();
    }

    // ---- the master's side; what it offers stays until it is taken
    void offer_write() {
        const bool more = !writes_.empty();
        model_.s_awvalid_i = more && !address_given_ && (model_.s_awvalid_i || goes());
        model_.s_wvalid_i = more && data_given_ < (more ? writes_.front().beats.size() : 0) && (model_.s_wvalid_i || goes());
        model_.s_bready_i = goes();
        if (!more) return;
        const Burst &burst = writes_.front();
        model_.s_awid_i = burst.id;
        model_.s_awaddr_i = burst.address;
        model_.s_awlen_i = burst.length;
        model_.s_awsize_i = burst.size;
        model_.s_awburst_i = burst.kind;
        if (!model_.s_wvalid_i) return;
        const Beat &beat = burst.beats[data_given_];
        model_.s_wdata_i = beat.data;
        model_.s_wstrb_i = beat.strobes;
        model_.s_wlast_i = (data_given_ == burst.length) != burst.wrong_last;
    }

    void take_write() {
        if (model_.s_awvalid_i && model_.s_awready_o) address_given_ = true;
        if (model_.s_wvalid_i && model_.s_wready_o) data_given_++;
        if (!model_.s_bvalid_o || !model_.s_bready_i) return;
        if (writes_.empty()) fail("a response without a write");
        Burst &burst = writes_.front();
        if (!address_given_ || data_given_ != burst.beats.size()) fail("a response before the end of the write");
        uint32_t expected = burst.refused || burst.wrong_last ? SLVERR : OKAY;
        for (const Beat &beat : burst.beats) expected |= beat.response;
        if (model_.s_bid_o != burst.id) fail("a write's id came back wrong");
        if (model_.s_bresp_o != expected) fail("a write's response is wrong");
        if (!burst.refused && written_ != burst.beats.size()) fail("a write's beats did not all arrive");
        refused_ += burst.refused;
        writes_.pop_front();
        address_given_ = false;
        data_given_ = written_ = 0;
    }

    void offer_read() {
        const bool more = !reads_.empty();
        model_.s_arvalid_i = more && !read_asked_ && (model_.s_arvalid_i || goes());
        model_.s_rready_i = goes();
        if (!more) return;
        const Burst &burst = reads_.front();
        model_.s_arid_i = burst.id;
        model_.s_araddr_i = burst.address;
        model_.s_arlen_i = burst.length;
        model_.s_arsize_i = burst.size;
        model_.s_arburst_i = burst.kind;
    }

    void take_read() {
        if (model_.s_arvalid_i && model_.s_arready_o) read_asked_ = true;
        if (!model_.s_rvalid_o || !model_.s_rready_i) return;
        if (reads_.empty() || !read_asked_) fail("an answer without a read");
        Burst &burst = reads_.front();
        const Beat &beat = burst.beats[read_given_];
        if (!burst.refused && read_given_ >= read_served_) fail("an answer before the memory's");
        if (model_.s_rid_o != burst.id) fail("a read's id came back wrong");
        if (model_.s_rresp_o != (burst.refused ? SLVERR : beat.response)) fail("a read's response is wrong");
        if (model_.s_rdata_o != (burst.refused ? 0 : beat.data)) fail("a read's data is wrong");
        if (model_.s_rlast_o != (read_given_ == burst.length)) fail("RLAST is wrong");
        if (read_given_++ != burst.length) return;
        refused_ += burst.refused;
        reads_.pop_front();
        read_asked_ = false;
        read_given_ = read_served_ = 0;
    }

    // ---- the memory's side; it takes an address and its data in either order, and answers when it likes
    void answer_lite_write() {
        model_.m_awready_i = !lite_address_taken_ && goes();
        model_.m_wready_i = !lite_data_taken_ && goes();
        model_.m_bvalid_i = lite_address_taken_ && lite_data_taken_ && (model_.m_bvalid_i || goes());
        model_.m_bresp_i = response_of(lite_write_.address, lite_write_.strobes);
    }

    void take_lite_write() {
        if (model_.m_awvalid_o && model_.m_awready_i) {
            lite_address_taken_ = true;
            lite_write_.address = model_.m_awaddr_o;
        }
        if (model_.m_wvalid_o && model_.m_wready_i) {
            lite_data_taken_ = true;
            lite_write_.data = model_.m_wdata_o;
            lite_write_.strobes = model_.m_wstrb_o;
        }
        if (!model_.m_bvalid_i || !model_.m_bready_o) return;
        lite_address_taken_ = lite_data_taken_ = false;
        if (writes_.empty() || writes_.front().refused) fail("a write that was to be refused arrived");
        Burst &burst = writes_.front();
        if (written_ == burst.beats.size()) fail("more beats arrived than were written");
        Beat &beat = burst.beats[written_++];
        if (lite_write_.address != beat.address) fail("a beat was written to another address");
        if (lite_write_.data != beat.data || lite_write_.strobes != beat.strobes) fail("a beat arrived changed");
        beat.response = response_of(beat.address, beat.strobes);
        beats_++;
    }

    void answer_lite_read() {
        model_.m_arready_i = !lite_read_taken_ && goes();
        model_.m_rvalid_i = lite_read_taken_ && (model_.m_rvalid_i || goes());
        if (!lite_read_taken_) return;
        model_.m_rdata_i = reads_.front().beats[read_served_].data;
        model_.m_rresp_i = response_of(lite_read_address_, 0xf);
    }

    void take_lite_read() {
        if (model_.m_rvalid_i && model_.m_rready_o) {
            reads_.front().beats[read_served_++].response = model_.m_rresp_i;
            lite_read_taken_ = false;
            beats_++;
        }
        if (!model_.m_arvalid_o || !model_.m_arready_i) return;
        if (reads_.empty() || reads_.front().refused) fail("a read that was to be refused arrived");
        if (read_served_ == reads_.front().beats.size()) fail("more beats were asked for than are read");
        if (model_.m_araddr_o != reads_.front().beats[read_served_].address) fail("a beat was read from another address");
        lite_read_taken_ = true;
        lite_read_address_ = model_.m_araddr_o;
    }

    void check_offers() {
        b_.check(model_.s_bvalid_o, model_.s_bready_i, model_.s_bid_o << 2 | model_.s_bresp_o);
        r_.check(model_.s_rvalid_o, model_.s_rready_i,
                 static_cast<uint64_t>(model_.s_rdata_o) << 16 | model_.s_rid_o << 3 | model_.s_rresp_o << 1 | model_.s_rlast_o);
        aw_.check(model_.m_awvalid_o, model_.m_awready_i, model_.m_awaddr_o);
        w_.check(model_.m_wvalid_o, model_.m_wready_i, static_cast<uint64_t>(model_.m_wdata_o) << 4 | model_.m_wstrb_o);
        ar_.check(model_.m_arvalid_o, model_.m_arready_i, model_.m_araddr_o);
    }

    Vdf_axi3_bridge model_;
    Random random_;
    uint32_t pauses_;
    std::deque<Burst> writes_, reads_;
    bool address_given_ = false, read_asked_ = false;
    uint32_t data_given_ = 0, written_ = 0, read_given_ = 0, read_served_ = 0;
    bool lite_address_taken_ = false, lite_data_taken_ = false, lite_read_taken_ = false;
    Beat lite_write_{};
    uint32_t lite_read_address_ = 0;
    Offer b_{"B"}, r_{"R"}, aw_{"AW of the engine"}, w_{"W of the engine"}, ar_{"AR of the engine"};
    uint64_t cycles_ = 0;
    uint32_t beats_ = 0, refused_ = 0;
};

}  // namespace

int main(int argc, char **argv) {
    if (argc != 4) return std::fputs("usage: axi3_bench SEED BURSTS PAUSES\n", stderr), 2;
    const auto number = [&](int n) { return static_cast<uint32_t>(std::strtoul(argv[n], nullptr, 10)); };
    try {
        Bench(number(1), number(2), number(3)).run();
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
