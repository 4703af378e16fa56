#include "seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#ifndef SYS_close_range
#  define SYS_close_range 436
#endif
#ifndef SYS_clone3
#  define SYS_clone3 435
#endif
#ifndef SYS_pidfd_open
#  define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#  define SYS_pidfd_send_signal 424
#endif

#if defined __x86_64__
#  define THIS_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#  define THIS_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#  error "the order of clone's arguments is not known for this architecture"
#endif

enum { CLOSE_RANGE_UNSHARE_BIT = 2, ID_TYPE_PIDFD = 3 };

/* The call, if (argument & mask) == value. */
static const struct subject {
  const char *name;
  uint32_t call;
  uint32_t argument;
  uint32_t mask;
  uint32_t value;
} subjects[] = {
    {"close_range", SYS_close_range, 0, 0, 0},
    {"close_range:unshare", SYS_close_range, 2, CLOSE_RANGE_UNSHARE_BIT, CLOSE_RANGE_UNSHARE_BIT},
    {"clone:pidfd", SYS_clone, 0, CLONE_PIDFD, CLONE_PIDFD},
    /* Threads share the table too, and must go on working. */
    {"clone:files", SYS_clone, 0, CLONE_FILES | CLONE_THREAD, CLONE_FILES},
    {"clone:vfork", SYS_clone, 0, CLONE_VFORK, CLONE_VFORK},
    {"clone:copy", SYS_clone, 0, CLONE_VM, 0},
    {"clone3", SYS_clone3, 0, 0, 0},
    {"pidfd_open", SYS_pidfd_open, 0, 0, 0},
    {"pidfd_send_signal", SYS_pidfd_send_signal, 0, 0, 0},
    {"wait4", SYS_wait4, 0, 0, 0},
    {"waitid", SYS_waitid, 0, 0, 0},
    {"waitid:pidfd", SYS_waitid, 0, UINT32_MAX, ID_TYPE_PIDFD},
    {"sendmsg", SYS_sendmsg, 0, 0, 0},
    {"recvmsg", SYS_recvmsg, 0, 0, 0},
    {"getdents64", SYS_getdents64, 0, 0, 0},
    {"dup3", SYS_dup3, 0, 0, 0},
#ifdef SYS_dup2
    {"dup2", SYS_dup2, 0, 0, 0},
#else
    {"dup2", SYS_dup3, 0, 0, 0},
#endif
    {"sigaltstack", SYS_sigaltstack, 0, 0, 0},
    {"set_robust_list", SYS_set_robust_list, 0, 0, 0},
#ifdef SYS_poll
    {"poll", SYS_poll, 0, 0, 0},
#else
    {"poll", SYS_ppoll, 0, 0, 0},
#endif
};

static const struct answer {
  const char *name;
  uint32_t action;
} answers[] = {
    {"ENOSYS", SECCOMP_RET_ERRNO | ENOSYS}, {"EPERM", SECCOMP_RET_ERRNO | EPERM},
    {"EINVAL", SECCOMP_RET_ERRNO | EINVAL}, {"ENOMEM", SECCOMP_RET_ERRNO | ENOMEM},
    {"NOTHING", SECCOMP_RET_ERRNO | 0},     {"TRAP", SECCOMP_RET_TRAP},
    {"KILL", SECCOMP_RET_KILL_PROCESS},     {"KILL_THREAD", SECCOMP_RET_KILL_THREAD},
    {"TRACE", SECCOMP_RET_TRACE},
};

static const struct subject *find_subject(const char *name, size_t length) {
  for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
    if (strlen(subjects[i].name) == length && memcmp(subjects[i].name, name, length) == 0)
      return &subjects[i];
  return NULL;
}

static const struct answer *find_answer(const char *name) {
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
    if (strcmp(answers[i].name, name) == 0) return &answers[i];
  return NULL;
}

/* Both supported architectures are little-endian: the low half of an argument comes first. */
static uint32_t offset_of_argument(uint32_t index) {
  return (uint32_t)offsetof(struct seccomp_data, args) + index * (uint32_t)sizeof(uint64_t);
}

enum { HEAD_LENGTH = 3, RULE_LENGTH = 6, TAIL_LENGTH = 1, RULES_MAX = 32 };

static void append_rule(struct sock_filter *at, const struct subject *subject, const struct answer *answer) {
  const struct sock_filter instructions[RULE_LENGTH] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, subject->call, 0, 4),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset_of_argument(subject->argument)),
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, subject->mask),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, subject->value, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, answer->action),
  };
  memcpy(at, instructions, sizeof instructions);
}

/* What clone3(2) is given is memory, which no filter sees: one that forbids flags of clone(2) forbids it wholly. */
static const struct subject whole_clone3 = {"clone3", SYS_clone3, 0, 0, 0};
static const struct answer missing = {"ENOSYS", SECCOMP_RET_ERRNO | ENOSYS};

/* Appends at most two for each; returns how many, or a negative errno. */
static int append_rules(struct sock_filter *at, char *const *rules, size_t count) {
  size_t appended = 0;
  for (size_t i = 0; i < count; i++) {
    const char *separator = strchr(rules[i], '=');
    if (separator == NULL) return -EINVAL;
    const struct subject *subject = find_subject(rules[i], (size_t)(separator - rules[i]));
    const struct answer *answer = find_answer(separator + 1);
    if (subject == NULL || answer == NULL) return -EINVAL;
    append_rule(at + RULE_LENGTH * appended++, subject, answer);
    if (subject->call == SYS_clone) append_rule(at + RULE_LENGTH * appended++, &whole_clone3, &missing);
  }
  return (int)appended;
}

/* Without privilege a filter needs no_new_privs; with it, programs that gain privileges keep working. */
static int install(const struct sock_fprog *program) {
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0) == 0) return 0;
  if (errno != EACCES) return -errno;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return -errno;
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0) < 0 ? -errno : 0;
}

int seccomp_install(char *const *rules, size_t count) {
  if (2 * count > RULES_MAX) return -EINVAL;
  static const struct sock_filter head[HEAD_LENGTH] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCHITECTURE, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_filter filter[HEAD_LENGTH + RULES_MAX * RULE_LENGTH + TAIL_LENGTH];
  memcpy(filter, head, sizeof head);
  const int appended = append_rules(filter + HEAD_LENGTH, rules, count);
  if (appended < 0) return appended;
  const size_t end = HEAD_LENGTH + (size_t)appended * RULE_LENGTH;
  filter[end] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  return install(&(struct sock_fprog){.len = (unsigned short)(end + TAIL_LENGTH), .filter = filter});
}
