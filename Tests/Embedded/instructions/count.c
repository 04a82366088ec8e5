/* A plugin for QEMU that counts the instructions that the guest runs, and prints their number at the end. Debian has no header for
 * plugins; what is declared here is as in QEMU 4.2 to 8.2. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define VISIBLE __attribute__((visibility("default")))

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum operation { ADD_U64 };

extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, void (*call)(plugin_id, struct qemu_plugin_tb *));
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
extern void qemu_plugin_register_vcpu_insn_exec_inline(
    struct qemu_plugin_insn *instruction, enum operation operation, void *counter, uint64_t added);
extern void qemu_plugin_register_atexit_cb(plugin_id id, void (*call)(plugin_id, void *), void *data);
extern void qemu_plugin_outs(const char *text);

VISIBLE int qemu_plugin_version = 1;

static uint64_t count;

static void translated(plugin_id id, struct qemu_plugin_tb *block) {
  (void)id;
  for (size_t index = 0; index < qemu_plugin_tb_n_insns(block); index++)
    qemu_plugin_register_vcpu_insn_exec_inline(qemu_plugin_tb_get_insn(block, index), ADD_U64, &count, 1);
}

static void ended(plugin_id id, void *data) {
  char text[64];
  (void)id;
  (void)data;
  snprintf(text, sizeof text, "instructions %llu\n", (unsigned long long)count);
  qemu_plugin_outs(text);
}

VISIBLE int qemu_plugin_install(plugin_id id, const void *information, int count_of_arguments, char **arguments) {
  (void)information;
  (void)count_of_arguments;
  (void)arguments;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_atexit_cb(id, ended, NULL);
  return 0;
}
