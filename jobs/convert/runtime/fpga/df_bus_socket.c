/*
 * A simulated engine behind a Unix socket (edge/gateware/tb/engine_server.h). A request is three little-endian words:
 * operation, offset, value. A read is answered with the register, a wait once the interrupt or some time has come, a
 * write not at all. An engine that is gone reads as zeros, which the driver takes for none.
 */
#include "df_engine_port.h"
#include "df_system.h"

enum { READ = 1, WRITE = 2, WAIT = 3 };

static uint32_t ask(const df_engine_port *port, uint32_t operation, uint32_t offset) {
    const uint32_t request[3] = {operation, offset, 0};
    uint32_t answer;
    return df_send(port->device, request, sizeof request) == 0 && df_receive(port->device, &answer, sizeof answer) == 0
               ? answer
               : 0;
}

static uint32_t read_register(void *context, uint32_t offset) {
    return ask(context, READ, offset);
}

static void write_register(void *context, uint32_t offset, uint32_t value) {
    const uint32_t request[3] = {WRITE, offset, value};
    df_send(((const df_engine_port *)context)->device, request, sizeof request);
}

static uint32_t wait_for_interrupt(void *context) {
    /* The simulation lets so much of its own time pass. */
    enum { LONGEST_MICROSECONDS = 1000 };
    ask(context, WAIT, 0);
    return LONGEST_MICROSECONDS;
}

/* A socket cannot be locked, so that a file beside it is. */
static int32_t open_lock(const char *path) {
    static const char suffix[] = ".lock";
    char name[128];
    uint32_t length = 0;
    for (; path[length] != '\0'; length++) {
        if (length == sizeof name - sizeof suffix)
            return -1;
        name[length] = path[length];
    }
    for (uint32_t i = 0; i < sizeof suffix; i++) name[length + i] = suffix[i];
    return df_open(name, DF_READ_WRITE);
}

int32_t df_open_socket(df_engine_port *port, const char *path) {
    port->device = df_connect(path);
    if (port->device < 0)
        return df_open_error(port->device);
    port->lock = open_lock(path);
    if (port->lock < 0) {
        df_close(port->device);
        return df_open_error(port->lock);
    }
    port->bus.context = port;
    port->bus.read = read_register;
    port->bus.write = write_register;
    port->bus.wait = wait_for_interrupt;
    return DF_OK;
}
