#include "df_engine_port.h"

#include "df_gateware_registers.h"
#include "df_system.h"

int32_t df_open_engine(df_engine_port *port) {
    static const char unix_prefix[] = "unix:";
    char name[128];
    if (!df_read_environment(DF_ENGINE_VARIABLE, name, sizeof name) || df_text_is(name, "uio"))
        return df_open_uio(port);
    if (df_text_is(name, "/dev/mem"))
        return df_open_memory(port);
    uint32_t same = 0;
    while (unix_prefix[same] != '\0' && name[same] == unix_prefix[same]) same++;
    return unix_prefix[same] == '\0' ? df_open_socket(port, name + same) : DF_ERROR_ENGINE_NONE;
}

int32_t df_is_configured(void) {
    char path[] = "/sys/class/fpga_bridge/br0/state", text[32];
    char *const number = path + sizeof "/sys/class/fpga_bridge/br" - 1;
    if (df_read_text("/sys/class/fpga_manager/fpga0/state", text, sizeof text) && !df_text_is(text, "operating"))
        return 0;
    for (*number = '0'; *number <= '9'; ++*number) {
        char name_path[] = "/sys/class/fpga_bridge/br0/name";
        name_path[number - path] = *number;
        if (!df_read_text(name_path, text, sizeof text) || !df_text_is(text, "lwhps2fpga"))
            continue;
        return !(df_read_text(path, text, sizeof text) && df_text_is(text, "disabled"));
    }
    return 1;
}

int32_t df_open_error(int32_t result) {
    return result == -DF_EACCES || result == -DF_EPERM ? DF_ERROR_ENGINE_PERMISSION : DF_ERROR_ENGINE_NONE;
}

static uint32_t read_register(void *context, uint32_t offset) {
    return ((const df_engine_port *)context)->registers[offset / 4];
}

static void write_register(void *context, uint32_t offset, uint32_t value) {
    ((const df_engine_port *)context)->registers[offset / 4] = value;
}

int32_t df_map_registers(df_engine_port *port, uint32_t offset) {
    port->registers = df_map(port->device, DF_GATEWARE_WINDOW_BYTES, offset);
    if (port->registers == 0) {
        df_close(port->device);
        return DF_ERROR_ENGINE_NONE;
    }
    port->lock = port->device;
    port->bus.context = port;
    port->bus.read = read_register;
    port->bus.write = write_register;
    return DF_OK;
}

int32_t df_read_text(const char *path, char *text, uint32_t room) {
    const int32_t file = df_open(path, DF_READ);
    if (file < 0)
        return 0;
    int32_t count = df_read(file, text, room - 1);
    df_close(file);
    if (count < 0)
        return 0;
    if (count > 0 && text[count - 1] == '\n')
        count--;
    text[count] = '\0';
    return 1;
}

int32_t df_text_is(const char *a, const char *b) {
    while (*a != '\0' && *a == *b) a++, b++;
    return *a == *b;
}
