// The Verilated engine as a bus: AXI4-Lite transactions with as many pauses as a test asks for.
#pragma once
#include <cstdint>
#include <stdexcept>

#include "Vdf_gateware.h"

class AxiLiteBus {
  public:
    AxiLiteBus() { reset(); }

    // Percent of the cycles in which a valid or a ready is withheld, and in which the engine may not issue work.
    void set_pauses(uint32_t bus_percent, uint32_t issue_percent, uint32_t seed) {
        bus_percent_ = bus_percent;
        issue_percent_ = issue_percent;
        random_ = seed | 1u;
    }

    void reset() {
        model_.reset_i = 1;
        model_.s_axi_awvalid_i = model_.s_axi_wvalid_i = model_.s_axi_arvalid_i = 0;
        model_.s_axi_bready_i = model_.s_axi_rready_i = 0;
        for (int i = 0; i < 4; i++) tick();
        model_.reset_i = 0;
        tick();
    }

    void idle(uint32_t cycles) {
        for (uint32_t i = 0; i < cycles; i++) tick();
    }

    // Returns the response code: 0 is OKAY, 2 is SLVERR.
    uint32_t write(uint32_t offset, uint32_t value, uint32_t strobes = 0xf) {
        bool address_sent = false, data_sent = false;
        model_.s_axi_awaddr_i = offset;
        model_.s_axi_wdata_i = value;
        model_.s_axi_wstrb_i = strobes;
        for (int cycle = 0; cycle < MOST_CYCLES; cycle++) {
            // A valid that was given stays until it is taken, as the protocol demands.
            model_.s_axi_awvalid_i = !address_sent && (model_.s_axi_awvalid_i || !pauses());
            model_.s_axi_wvalid_i = !data_sent && (model_.s_axi_wvalid_i || !pauses());
            model_.s_axi_bready_i = !pauses();
            settle();
            address_sent |= model_.s_axi_awvalid_i && model_.s_axi_awready_o;
            data_sent |= model_.s_axi_wvalid_i && model_.s_axi_wready_o;
            const bool answered = model_.s_axi_bvalid_o && model_.s_axi_bready_i;
            const uint32_t response = model_.s_axi_bresp_o;
            tick();
            if (!answered) continue;
            model_.s_axi_bready_i = 0;
            return response;
        }
        throw std::runtime_error("a write was not answered");
    }

    uint32_t read(uint32_t offset) {
        bool address_sent = false;
        model_.s_axi_araddr_i = offset;
        for (int cycle = 0; cycle < MOST_CYCLES; cycle++) {
            model_.s_axi_arvalid_i = !address_sent && (model_.s_axi_arvalid_i || !pauses());
            model_.s_axi_rready_i = !pauses();
            settle();
            address_sent |= model_.s_axi_arvalid_i && model_.s_axi_arready_o;
            const bool answered = model_.s_axi_rvalid_o && model_.s_axi_rready_i;
            const uint32_t value = model_.s_axi_rdata_o;
            tick();
            if (!answered) continue;
            model_.s_axi_rready_i = 0;
            return value;
        }
        throw std::runtime_error("a read was not answered");
    }

    bool interrupt() const { return model_.interrupt_o; }

  private:
    static constexpr int MOST_CYCLES = 10000;

    void settle() {
        model_.clk_i = 0;
        model_.eval();
    }

    void tick() {
        model_.enable_i = issue_percent_ == 0 || percent() >= issue_percent_;
        settle();
        model_.clk_i = 1;
        model_.eval();
    }

    bool pauses() { return bus_percent_ != 0 && percent() < bus_percent_; }

    // Marsaglia's xorshift32: the same seed gives the same pauses.
    uint32_t percent() {
        random_ ^= random_ << 13;
        random_ ^= random_ >> 17;
        random_ ^= random_ << 5;
        return random_ % 100;
    }

    Vdf_gateware model_;
    uint32_t bus_percent_ = 0, issue_percent_ = 0, random_ = 1;
};
