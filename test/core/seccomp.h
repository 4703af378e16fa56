/*
 * seccomp.h: makes this process, and all that it starts, live on a kernel that lacks or forbids some system calls.
 *
 * A rule is SUBJECT=ANSWER. Subjects: close_range, close_range:unshare, clone:pidfd, clone:files, clone:vfork,
 * clone:copy (of the memory), clone3, pidfd_open, pidfd_send_signal, wait4, waitid, waitid:pidfd, sendmsg, recvmsg,
 * getdents64, dup2 (dup3 where the kernel has no dup2), dup3, sigaltstack, set_robust_list, poll. Answers: the name of an
 * errno (ENOSYS, EPERM, EINVAL, ENOMEM), NOTHING (success, with nothing done), TRAP (SIGSYS), TRACE (the tracer decides),
 * KILL (of the process), KILL_THREAD.
 */
#ifndef TEST_CORE_SECCOMP_H
#define TEST_CORE_SECCOMP_H

#include <stddef.h>

/* Later calls add to earlier ones. Returns 0, -EINVAL for a rule that is not understood, or another negative errno. */
int seccomp_install(char *const *rules, size_t count);

#endif
