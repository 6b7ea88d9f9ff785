/* Numbers and constants: Linux, arch/arm/tools/syscall.tbl and include/uapi/asm-generic. */
#include "df_system.h"

#if !defined(__arm__)
#error "The engine's library is for 32-bit ARM."
#endif

enum {
    CALL_READ = 3,
    CALL_WRITE = 4,
    CALL_OPEN = 5,
    CALL_CLOSE = 6,
    CALL_GETPID = 20,
    CALL_FLOCK = 143,
    CALL_NANOSLEEP = 162,
    CALL_POLL = 168,
    CALL_MMAP2 = 192,
    CALL_SOCKET = 281,
    CALL_CONNECT = 283,
    CALL_SEND = 289,
    CALL_RECV = 291,
};

/* The number in r7, arguments in r0 to r5, the result in r0: syscall(2). */
static int32_t call(int32_t number, int32_t a, int32_t b, int32_t c, int32_t d, int32_t e, int32_t f) {
    register int32_t r0 __asm__("r0") = a;
    register int32_t r1 __asm__("r1") = b;
    register int32_t r2 __asm__("r2") = c;
    register int32_t r3 __asm__("r3") = d;
    register int32_t r4 __asm__("r4") = e;
    register int32_t r5 __asm__("r5") = f;
    register int32_t r7 __asm__("r7") = number;
    __asm__ volatile("svc 0" : "+r"(r0) : "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5), "r"(r7) : "memory", "cc");
    return r0;
}

static int32_t call_3(int32_t number, int32_t a, int32_t b, int32_t c) {
    return call(number, a, b, c, 0, 0, 0);
}

int32_t df_open(const char *path, int32_t flags) {
    return call_3(CALL_OPEN, (int32_t)path, flags, 0);
}

int32_t df_close(int32_t descriptor) {
    return call_3(CALL_CLOSE, descriptor, 0, 0);
}

int32_t df_read(int32_t descriptor, void *bytes, uint32_t count) {
    int32_t result;
    do result = call_3(CALL_READ, descriptor, (int32_t)bytes, (int32_t)count);
    while (result == -DF_EINTR);
    return result;
}

int32_t df_write(int32_t descriptor, const void *bytes, uint32_t count) {
    return call_3(CALL_WRITE, descriptor, (int32_t)bytes, (int32_t)count);
}

void *df_map(int32_t descriptor, uint32_t bytes, uint32_t offset) {
    enum { READ_WRITE = 3, SHARED = 1 };
    const uint32_t address =
        (uint32_t)call(CALL_MMAP2, 0, (int32_t)bytes, READ_WRITE, SHARED, descriptor, (int32_t)(offset >> 12));
    /* The last page holds no mapping: its addresses are the errors. */
    return address > 0xfffff000u ? 0 : (void *)address;
}

int32_t df_try_lock(int32_t descriptor) {
    enum { EXCLUSIVE = 2, WITHOUT_WAITING = 4 };
    return call_3(CALL_FLOCK, descriptor, EXCLUSIVE | WITHOUT_WAITING, 0);
}

int32_t df_unlock(int32_t descriptor) {
    enum { UNLOCK = 8 };
    return call_3(CALL_FLOCK, descriptor, UNLOCK, 0);
}

int32_t df_await_input(int32_t descriptor, int32_t milliseconds) {
    enum { INPUT = 1 };
    struct {
        int32_t descriptor;
        int16_t wanted, found;
    } entry = {descriptor, INPUT, 0};
    const int32_t result = call_3(CALL_POLL, (int32_t)&entry, 1, milliseconds);
    /* Without an interrupt the device says that something is wrong instead. */
    return result > 0 && !(entry.found & INPUT) ? -DF_EAGAIN : result;
}

void df_pause(int32_t microseconds) {
    const int32_t time[2] = {0, 1000 * microseconds};
    call_3(CALL_NANOSLEEP, (int32_t)time, 0, 0);
}

int32_t df_process(void) {
    return call_3(CALL_GETPID, 0, 0, 0);
}

int32_t df_connect(const char *path) {
    enum { UNIX = 1, STREAM = 1, CLOSED_ON_START = 02000000, EINVAL = 22 };
    struct {
        uint16_t family;
        char path[108];
    } address;
    uint32_t length = 0;
    address.family = UNIX;
    for (; path[length] != '\0'; length++) {
        if (length == sizeof address.path - 1)
            return -EINVAL;
        address.path[length] = path[length];
    }
    address.path[length] = '\0';
    const int32_t descriptor = call_3(CALL_SOCKET, UNIX, STREAM | CLOSED_ON_START, 0);
    if (descriptor < 0)
        return descriptor;
    const int32_t result = call_3(CALL_CONNECT, descriptor, (int32_t)&address, (int32_t)(2 + length + 1));
    if (result < 0)
        df_close(descriptor);
    return result < 0 ? result : descriptor;
}

/* One number does for both; of a signal that comes between nothing is lost. */
static int32_t transfer(int32_t number, int32_t socket, const uint8_t *bytes, uint32_t count, int32_t flags) {
    while (count > 0) {
        const int32_t result = call(number, socket, (int32_t)bytes, (int32_t)count, flags, 0, 0);
        if (result == -DF_EINTR)
            continue;
        if (result <= 0)
            return -1;
        bytes += result;
        count -= (uint32_t)result;
    }
    return 0;
}

int32_t df_send(int32_t socket, const void *bytes, uint32_t count) {
    /* An end that is gone is an error, not a signal, which would end the program. */
    enum { NO_SIGNAL = 0x4000 };
    return transfer(CALL_SEND, socket, (const uint8_t *)bytes, count, NO_SIGNAL);
}

int32_t df_receive(int32_t socket, void *bytes, uint32_t count) {
    return transfer(CALL_RECV, socket, (const uint8_t *)bytes, count, 0);
}
