/* System calls of Linux on 32-bit ARM (EABI): the library has no C library that it could ask. */
#ifndef DF_SYSTEM_H
#define DF_SYSTEM_H

#include <stdint.h>

/* Results of the calls below are the negative of one of these or other numbers when they fail. Linux, errno-base.h. */
enum { DF_EPERM = 1, DF_EINTR = 4, DF_EAGAIN = 11, DF_EACCES = 13 };

/* For reading and writing, closed in programs that the process starts; a device does not block. */
enum { DF_READ = 02000000, DF_READ_WRITE = 02000000 | 2, DF_NONBLOCK = 04000, DF_UNCACHED = 04010000 };

int32_t df_open(const char *path, int32_t flags);
int32_t df_close(int32_t descriptor);
/* Bytes read, fewer at the end of a file. */
int32_t df_read(int32_t descriptor, void *bytes, uint32_t count);
int32_t df_write(int32_t descriptor, const void *bytes, uint32_t count);
/* Shared memory for reading and writing, or null. offset: a multiple of 4096. */
void *df_map(int32_t descriptor, uint32_t bytes, uint32_t offset);
/* A lock on the file for at most one process. Fails with DF_EAGAIN when another one has it. */
int32_t df_try_lock(int32_t descriptor);
int32_t df_unlock(int32_t descriptor);
/* Waits until there is something to read, but not longer than this. Positive: there is. 0: the time is over. */
int32_t df_await_input(int32_t descriptor, int32_t milliseconds);
void df_pause(int32_t microseconds);
int32_t df_process(void);
/* A connection to a Unix socket. */
int32_t df_connect(const char *path);
/* Sends all bytes, receives all bytes: 0, or less than 0 when the other end is gone. */
int32_t df_send(int32_t socket, const void *bytes, uint32_t count);
int32_t df_receive(int32_t socket, void *bytes, uint32_t count);

#endif
