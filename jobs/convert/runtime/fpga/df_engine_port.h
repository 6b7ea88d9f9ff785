/* The way to the engine: a bus of the driver, and what keeps other processes off it. */
#ifndef DF_ENGINE_PORT_H
#define DF_ENGINE_PORT_H

#include "df_fpga.h"
#include "dropforge.h"

/*
 * The variable of the environment that names the engine:
 *   uio          the UIO device of that name, DF_ENGINE_NAME (the default)
 *   /dev/mem     the lightweight bridge of a Cyclone V, by its physical address
 *   unix:PATH    a simulated engine that listens on this socket; PATH.lock is the file that is locked
 */
#define DF_ENGINE_VARIABLE "DF_ENGINE"

/* Of the node in the device tree. */
#define DF_ENGINE_NAME "dropforge"

typedef struct df_engine_port {
    df_fpga_bus bus;
    /* Locked while a process uses the engine. */
    int32_t lock;
    /* What the bus keeps. */
    int32_t device;
    volatile uint32_t *registers;
} df_engine_port;

/* Opens the engine that the environment names. Returns DF_OK or a code of dropforge.h. The bus keeps the address. */
int32_t df_open_engine(df_engine_port *port);

int32_t df_open_uio(df_engine_port *port);
int32_t df_open_memory(df_engine_port *port);
int32_t df_open_socket(df_engine_port *port, const char *path);

/* Maps the engine's window at this offset of port->device. */
int32_t df_map_registers(df_engine_port *port, uint32_t offset);

/* 0 when the system says that the FPGA has no design, or that the bridge to it is closed: an access could hang then. */
int32_t df_is_configured(void);

/* The code for a device that could not be opened: not allowed to, or not there. */
int32_t df_open_error(int32_t result);

/* Reads a short file, such as sysfs has, without its line end. Returns 0 when there is none. */
int32_t df_read_text(const char *path, char *text, uint32_t room);

/* The text behind NAME= in the environment with which the program began. Returns 0 when there is none. */
int32_t df_read_environment(const char *name, char *value, uint32_t room);

int32_t df_text_is(const char *a, const char *b);

#endif
