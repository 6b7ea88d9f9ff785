/*
 * A plugin of QEMU's user-mode emulators that counts executed instructions by the function they belong to, and prints
 * `<count> <function>` lines at the end. The declarations are those of the documented interface, version 1, which Debian
 * has no header for: https://www.qemu.org/docs/master/devel/tcg-plugins.html
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
typedef struct qemu_info_t qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
                                           void (*callback)(qemu_plugin_id_t id, struct qemu_plugin_tb *block));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *block, enum qemu_plugin_op op, void *counter,
                                              uint64_t addend);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, void (*callback)(qemu_plugin_id_t id, void *context),
                                    void *context);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
const char *qemu_plugin_insn_symbol(const struct qemu_plugin_insn *instruction);
void qemu_plugin_outs(const char *text);

EXPORT int qemu_plugin_version = 1;

typedef struct function {
    uint64_t instructions;
    struct function *next;
    char name[64];
} function;

static function *functions;

/* The emulator translates under a lock, so that one thread at a time is here. */
static function *find_function(const char *name) {
    for (function *known = functions; known != NULL; known = known->next) {
        if (strncmp(known->name, name, sizeof known->name - 1) == 0)
            return known;
    }
    function *added = calloc(1, sizeof *added);
    if (added == NULL)
        abort();
    strncpy(added->name, name, sizeof added->name - 1);
    added->next = functions;
    functions = added;
    return added;
}

/* A block lies within one function: calls and returns end it. */
static void count_block(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
    (void)id;
    const char *name = qemu_plugin_insn_symbol(qemu_plugin_tb_get_insn(block, 0));
    function *counted = find_function(name == NULL ? "?" : name);
    qemu_plugin_register_vcpu_tb_exec_inline(block, QEMU_PLUGIN_INLINE_ADD_U64, &counted->instructions,
                                             qemu_plugin_tb_n_insns(block));
}

static void report(qemu_plugin_id_t id, void *context) {
    (void)id, (void)context;
    for (const function *counted = functions; counted != NULL; counted = counted->next) {
        char line[96];
        snprintf(line, sizeof line, "%llu %s\n", (unsigned long long)counted->instructions, counted->name);
        qemu_plugin_outs(line);
    }
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    (void)info, (void)argc, (void)argv;
    qemu_plugin_register_vcpu_tb_trans_cb(id, count_block);
    qemu_plugin_register_atexit_cb(id, report, NULL);
    return 0;
}
