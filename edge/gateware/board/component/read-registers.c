/* Prints what an engine shows, a register on each line, and touches nothing: `read-registers /dev/uio0`.
   Through the UIO device and not through /dev/mem: the device is there only while the bridge is open, and a read through a
   closed bridge stops the processor. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "df_gateware_registers.h"

static const struct {
    const char *name;
    uint32_t offset;
} registers[] = {
    {"IDENTITY", DF_GATEWARE_REGISTER_IDENTITY},
    {"VERSION", DF_GATEWARE_REGISTER_VERSION},
    {"ARRAY", DF_GATEWARE_REGISTER_ARRAY},
    {"MEMORY", DF_GATEWARE_REGISTER_MEMORY},
    {"STATUS", DF_GATEWARE_REGISTER_STATUS},
    {"ERROR", DF_GATEWARE_REGISTER_ERROR},
    {"CYCLES", DF_GATEWARE_REGISTER_CYCLES},
    {"INTERRUPT_ENABLE", DF_GATEWARE_REGISTER_INTERRUPT_ENABLE},
    {"INTERRUPT", DF_GATEWARE_REGISTER_INTERRUPT},
    {"CHECKSUM", DF_GATEWARE_REGISTER_CHECKSUM},
};

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: read-registers /dev/uio<n>\n");
        return 2;
    }
    const int device = open(argv[1], O_RDWR | O_SYNC | O_CLOEXEC);
    if (device < 0) {
        perror(argv[1]);
        return 1;
    }
    const volatile uint32_t *window = mmap(NULL, DF_GATEWARE_WINDOW_BYTES, PROT_READ, MAP_SHARED, device, 0);
    if (window == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++)
        printf("%s 0x%08x\n", registers[i].name, window[registers[i].offset / 4]);
    close(device);
    return 0;
}
