/*
 * child.h: code that runs in the new process, which may share its memory with a parent of many threads. Functions in this
 * folder, and those marked [child] in ../shared, make system calls by launch__sys() and call functions of strings and memory.
 * They may not call malloc, stdio, or a libc function that takes a lock or signals other threads. call-libc.c is the exception.
 * launch__run holds all that the child needs.
 */
#ifndef SAFE_SPAWN_CHILD_H
#define SAFE_SPAWN_CHILD_H

#include "../shared/shared.h"

#define LAUNCH__SIGNAL_MAX 64 /* the kernel's _NSIG; libc reserves some of these */

/* Makes a call that a tool may have replaced: by libc if one has, else by the kernel. */
#define launch__replaceable_sys(run, ...)                                                                    \
  ((run)->method.syscalls == LAUNCH_SYSCALLS_LIBC ? LAUNCH__BY_LIBC(__VA_ARGS__, 0, 0, 0, 0, 0, 0)           \
                                                  : launch__sys(__VA_ARGS__))
#define LAUNCH__BY_LIBC(number, a, b, c, d, e, ...)                                                          \
  launch__by_libc(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))

/* child.c */
int launch__child(void *run);
#ifdef LAUNCH_TEST_HOOKS
enum { HOOK_OFF, HOOK_ARMED, HOOK_REACHED };
void launch__test_hook(struct launch__child_status *status, enum launch_test_hook hook);
#endif

/* close-fds.c */
int launch__close_other_fds(struct launch__run *run);

/*
 * call-libc.c: calls libc's function for a system call, and returns its result or a negative errno. As signal(3) does,
 * SYS_rt_sigaction sets the default action; SYS_rt_sigprocmask empties the mask.
 */
long launch__by_libc(long number, long a, long b, long c, long d, long e);
/* Returns a negative errno. */
long launch__execvp(const struct launch_plan *plan, const char *file);

/* steps/fds.c: returns true if the plan puts a descriptor on this number. */
bool launch__is_target(const struct launch_plan *plan, int fd);

/* steps/signals.c: the stop signals of a terminal */
enum { LAUNCH__STOP_SIGNALS = 3 };
extern const int launch__stop_signals[LAUNCH__STOP_SIGNALS];

/* steps/: each returns 0 or a negative errno. */
int launch__join_cgroup(struct launch__run *run);
int launch__reset_signals(struct launch__run *run);
int launch__new_session(struct launch__run *run);
int launch__set_process_group(struct launch__run *run);
int launch__own_table(struct launch__run *run);
void launch__raise_nofile(struct launch__run *run);
int launch__receive_fds(struct launch__run *run);
int launch__place_fds(struct launch__run *run);
int launch__set_oom_score_adj(struct launch__run *run);
int launch__set_umask(struct launch__run *run);
int launch__set_nice(struct launch__run *run);
int launch__set_rlimits(struct launch__run *run);
int launch__change_directory(struct launch__run *run);
int launch__set_groups(struct launch__run *run);
int launch__set_gid(struct launch__run *run);
int launch__set_uid(struct launch__run *run);
int launch__forbid_new_privileges(struct launch__run *run);
int launch__set_death_signal(struct launch__run *run);
int launch__close_what_tools_opened(struct launch__run *run);
int launch__set_signal_mask(struct launch__run *run);
int launch__exec(struct launch__run *run);

/* ---- the kernel's own layouts where libc's differ -------------------------------------------- */

struct launch__kernel_sigaction {
  void (*handler)(int);
  unsigned long flags;
  void (*restorer)(void);
  uint64_t mask;
};

#endif
