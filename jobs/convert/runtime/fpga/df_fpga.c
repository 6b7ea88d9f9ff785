#include "df_fpga.h"

#include "df_gateware_registers.h"

static uint32_t read_register(const df_fpga_bus *bus, uint32_t offset) { return bus->read(bus->context, offset); }

static void write_register(const df_fpga_bus *bus, uint32_t offset, uint32_t value) {
    bus->write(bus->context, offset, value);
}

uint32_t df_fpga_probe(const df_fpga_bus *bus) {
    if (read_register(bus, DF_GATEWARE_REGISTER_IDENTITY) != DF_GATEWARE_IDENTITY_VALUE) return DF_FPGA_NO_ENGINE;
    const uint32_t version = read_register(bus, DF_GATEWARE_REGISTER_VERSION);
    return DF_GATEWARE_VERSION_MAJOR_OF(version) == DF_GATEWARE_VERSION_MAJOR ? DF_FPGA_OK : DF_FPGA_OTHER_VERSION;
}

uint32_t df_fpga_load(const df_fpga_bus *bus, const uint32_t *words, size_t count) {
    write_register(bus, DF_GATEWARE_REGISTER_CONTROL, DF_GATEWARE_CONTROL_LOAD);
    for (size_t i = 0; i < count; i++) write_register(bus, DF_GATEWARE_LOAD, words[i]);
    if (read_register(bus, DF_GATEWARE_REGISTER_STATUS) & DF_GATEWARE_STATUS_LOADED) return DF_FPGA_OK;
    const uint32_t error = read_register(bus, DF_GATEWARE_REGISTER_ERROR);
    /* An image that ends too soon is no error yet for the engine, which waits for the rest. */
    return error != 0 ? error : DF_GATEWARE_ERROR_LOAD_CHECKSUM;
}

uint32_t df_fpga_run(const df_fpga_bus *bus, const uint32_t *pixels, size_t count, uint64_t patience, uint32_t *cycles) {
    for (size_t i = 0; i < count; i++) write_register(bus, DF_GATEWARE_PIXELS + (uint32_t)(4 * i), pixels[i]);
    if (bus->wait) {
        write_register(bus, DF_GATEWARE_REGISTER_INTERRUPT, 1);
        write_register(bus, DF_GATEWARE_REGISTER_INTERRUPT_ENABLE, 1);
    }
    write_register(bus, DF_GATEWARE_REGISTER_CONTROL, DF_GATEWARE_CONTROL_START);
    for (uint64_t waited = 0; waited < patience; waited += bus->wait ? bus->wait(bus->context) : 1) {
        const uint32_t status = read_register(bus, DF_GATEWARE_REGISTER_STATUS);
        if (status & DF_GATEWARE_STATUS_BUSY) continue;
        *cycles = read_register(bus, DF_GATEWARE_REGISTER_CYCLES);
        if (status & DF_GATEWARE_STATUS_ERROR) return read_register(bus, DF_GATEWARE_REGISTER_ERROR);
        return status & DF_GATEWARE_STATUS_DONE ? DF_FPGA_OK : DF_FPGA_INTERRUPTED;
    }
    write_register(bus, DF_GATEWARE_REGISTER_CONTROL, DF_GATEWARE_CONTROL_ABORT);
    return DF_FPGA_STUCK;
}

void df_fpga_read_levels(const df_fpga_bus *bus, uint32_t buffer, uint32_t *words, size_t count) {
    const uint32_t base = buffer == 0 ? DF_GATEWARE_LEVELS_0 : DF_GATEWARE_LEVELS_1;
    for (size_t i = 0; i < count; i++) words[i] = read_register(bus, base + (uint32_t)(4 * i));
}

void df_fpga_read_accumulators(const df_fpga_bus *bus, int32_t *sums, size_t count) {
    for (size_t i = 0; i < count; i++) sums[i] = (int32_t)read_register(bus, DF_GATEWARE_ACCUMULATORS + (uint32_t)(4 * i));
}
