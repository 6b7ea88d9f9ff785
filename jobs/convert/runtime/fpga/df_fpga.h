/* Driver of the accelerator. It knows the engine by its registers only; how a register is reached is the bus's business. */
#ifndef DF_FPGA_H
#define DF_FPGA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* 32-bit accesses at byte offsets from the engine's base. */
typedef struct {
    void *context;
    uint32_t (*read)(void *context, uint32_t offset);
    void (*write)(void *context, uint32_t offset, uint32_t value);
    /* Lets time pass until the engine raises its interrupt, but not for long. Returns the microseconds that it was ready
       to wait, at least 1. Null: the engine is asked again at once, which counts as one. */
    uint32_t (*wait)(void *context);
} df_fpga_bus;

/* Errors of the driver; errors of the engine are its codes, below 0x100. */
enum {
    DF_FPGA_OK = 0,
    DF_FPGA_NO_ENGINE = 0x100,     /* nothing at this address answers as the engine: is the bitstream loaded? */
    DF_FPGA_OTHER_VERSION = 0x101, /* a bitstream of another major version */
    DF_FPGA_STUCK = 0x102,         /* the engine did not end in time; it was stopped */
    DF_FPGA_INTERRUPTED = 0x103,   /* the engine was reset, or went away, during the run */
};

/* Checks that the engine is there. */
uint32_t df_fpga_probe(const df_fpga_bus *bus);

/* Loads the image of a network: `count` words, little-endian as in its file. */
uint32_t df_fpga_load(const df_fpga_bus *bus, const uint32_t *words, size_t count);

/* Writes an image of `count` pixels, one word each with red in the low byte, and runs the network on it. Gives up after
   `patience` microseconds of the bus's waiting. `cycles`: clock cycles of the run. */
uint32_t df_fpga_run(const df_fpga_bus *bus, const uint32_t *pixels, size_t count, uint64_t patience, uint32_t *cycles);

/* Reads `count` words of activation buffer 0 or 1 from its beginning. */
void df_fpga_read_levels(const df_fpga_bus *bus, uint32_t buffer, uint32_t *words, size_t count);

/* Reads the first `count` sums of a last pass that writes no levels: a chunk of channels after the other. */
void df_fpga_read_accumulators(const df_fpga_bus *bus, int32_t *sums, size_t count);

#ifdef __cplusplus
}
#endif

#endif
