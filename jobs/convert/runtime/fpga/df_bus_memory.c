/* The engine at its physical address, for systems without a UIO device. Needs root, and knows no interrupt. */
#include "df_engine_port.h"
#include "df_system.h"

/* The lightweight bridge. Cyclone V Hard Processor System Technical Reference Manual, "HPS Address Map". */
#define BRIDGE_ADDRESS 0xff200000u

static uint32_t pause_a_little(void *context) {
    enum { PAUSE_MICROSECONDS = 20 };
    (void)context;
    df_pause(PAUSE_MICROSECONDS);
    return PAUSE_MICROSECONDS;
}

int32_t df_open_memory(df_engine_port *port) {
    if (!df_is_configured())
        return DF_ERROR_ENGINE_NO_BITSTREAM;
    port->device = df_open("/dev/mem", DF_READ_WRITE | DF_UNCACHED);
    port->bus.wait = pause_a_little;
    return port->device < 0 ? df_open_error(port->device) : df_map_registers(port, BRIDGE_ADDRESS);
}
