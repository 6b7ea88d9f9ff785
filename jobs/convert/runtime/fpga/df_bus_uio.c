/*
 * The engine as a UIO device: its window is the device's first map, its interrupt what the device is read for.
 * https://docs.kernel.org/driver-api/uio-howto.html
 */
#include "df_engine_port.h"
#include "df_system.h"

enum { MOST_DEVICES = 32 };

/* Waits for the interrupt. A device without one has its engine asked a little later. */
static uint32_t wait_for_interrupt(void *context) {
    enum { LONGEST_MILLISECONDS = 10, PAUSE_MICROSECONDS = 20 };
    const int32_t device = ((const df_engine_port *)context)->device;
    const uint32_t enable = 1;
    uint32_t interrupts;
    df_write(device, &enable, sizeof enable);
    const int32_t result = df_await_input(device, LONGEST_MILLISECONDS);
    if (result == 0)
        return 1000 * LONGEST_MILLISECONDS;
    if (result < 0 || df_read(device, &interrupts, sizeof interrupts) != sizeof interrupts)
        df_pause(PAUSE_MICROSECONDS);
    return PAUSE_MICROSECONDS;
}

/* Writes the number, of one or two digits, over `at` and what follows: "7/name". */
static void write_number(char *at, uint32_t number, const char *rest) {
    if (number >= 10)
        *at++ = (char)('0' + number / 10);
    *at++ = (char)('0' + number % 10);
    while ((*at++ = *rest++) != '\0') {
    }
}

int32_t df_open_uio(df_engine_port *port) {
    char path[] = "/sys/class/uio/uioNN/name", device[] = "/dev/uioNN", name[sizeof DF_ENGINE_NAME + 1];
    for (uint32_t number = 0; number < MOST_DEVICES; number++) {
        write_number(path + sizeof "/sys/class/uio/uio" - 1, number, "/name");
        if (!df_read_text(path, name, sizeof name) || !df_text_is(name, DF_ENGINE_NAME))
            continue;
        if (!df_is_configured())
            return DF_ERROR_ENGINE_NO_BITSTREAM;
        write_number(device + sizeof "/dev/uio" - 1, number, "");
        port->device = df_open(device, DF_READ_WRITE | DF_NONBLOCK);
        port->bus.wait = wait_for_interrupt;
        return port->device < 0 ? df_open_error(port->device) : df_map_registers(port, 0);
    }
    return DF_ERROR_ENGINE_NONE;
}
