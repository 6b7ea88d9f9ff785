/* The environment, which a library without a C library can only read where the kernel shows it: proc(5). */
#include "df_engine_port.h"
#include "df_system.h"

/* Where a reader of `NAME=VALUE` entries, each ended by a zero, stands. */
typedef struct {
    const char *name;
    char *value;
    uint32_t room;
    /* Letters of `NAME=` that the entry began with, or OTHER. */
    int32_t matched;
    uint32_t length;
} entry_reader;

enum { OTHER = -1 };

/* Takes a letter. Returns 1 once the value is complete; an empty one and one that is too long are none. */
static int32_t take(entry_reader *self, char letter) {
    const int32_t is_value = self->matched > 0 && self->name[self->matched - 1] == '\0';
    if (letter == '\0') {
        const int32_t is_complete = is_value && self->length > 0 && self->length < self->room;
        if (is_complete)
            self->value[self->length] = '\0';
        self->matched = 0;
        self->length = 0;
        return is_complete;
    }
    if (is_value) {
        if (self->length < self->room)
            self->value[self->length++] = letter;
    } else if (self->matched != OTHER) {
        const char expected = self->name[self->matched];
        self->matched = letter == (expected == '\0' ? '=' : expected) ? self->matched + 1 : OTHER;
    }
    return 0;
}

int32_t df_read_environment(const char *name, char *value, uint32_t room) {
    const int32_t file = df_open("/proc/self/environ", DF_READ);
    if (file < 0)
        return 0;
    entry_reader reader = {name, value, room, 0, 0};
    char bytes[256];
    int32_t count, is_found = 0;
    while (!is_found && (count = df_read(file, bytes, sizeof bytes)) > 0) {
        for (int32_t i = 0; i < count && !is_found; i++) is_found = take(&reader, bytes[i]);
    }
    df_close(file);
    return is_found;
}
