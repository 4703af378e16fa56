/* parent.h: code that the caller of launch() runs. It may allocate. Only files of the core include this header. */
#ifndef SAFE_SPAWN_PARENT_H
#define SAFE_SPAWN_PARENT_H

#include "../shared/shared.h"

struct launch_context {
  pid_t owner;
  struct launch__child_status *status;
  struct launch__fd_channel channel;
  char *stack; /* of the child */
  int *sources;
  struct launch_fd *fds; /* the plan's and the lent ones; as many entries as `sources` */
  size_t source_capacity;
  struct launch_capabilities capabilities;
#ifdef LAUNCH_TEST_HOOKS
  bool always_pass_fds;
#endif
};

/* spawn-child.c: launches by one method. If that fails, the child is reaped and no descriptor is left. */
int launch__attempt(struct launch_context *context, struct launch__run *run, struct launch_child *ret_child,
                    struct launch_error *ret_error);

/* wait.c: waits for a child that executed nothing. Returns the signal that killed it; 0 also if other code reaped the child. */
int launch__reap(pid_t pid);

/* clone.c: the child's stack, the signal mask, and a process that calls `entry` on that stack. */
int launch__stack_open(char **ret_stack);
void launch__stack_close(char *stack);
uint64_t launch__block_signals(void); /* all; returns the mask for launch__restore_signals() */
void launch__restore_signals(uint64_t old);
struct launch__clone {
  unsigned long
      flags; /* CLONE_*, with the exit signal in the lowest byte; those above 32 bits need clone3(2) */
  int (*entry)(void *);
  void *argument;
  int *ret_pidfd;
  int cgroup; /* descriptor of a cgroup v2, or -1 */
};
/* Called with all signals blocked. Returns the pid or a negative errno. */
long launch__clone(char *stack, const struct launch__clone *request);

/* Does the same by libc's fork(). Uses no flag but CLONE_PIDFD. */
long launch__fork_by_libc(const struct launch__clone *request);

/* child-status.c */
int launch__child_status_open(struct launch__child_status **ret_status);
void launch__child_status_close(struct launch__child_status *status);
void launch__child_status_reset(struct launch__child_status *status);

/* cgroup.c: returns a descriptor of the directory, or a negative errno; -EBUSY for a frozen cgroup. */
int launch__open_cgroup(const char *path);
bool launch__is_frozen(int cgroup);
int launch__open_cgroup_procs(int cgroup);

/* find-interposer.c: looks for functions of this process that a tool has replaced. */
void launch__find_interposer(struct launch_capabilities *capabilities);

/* fallback.c: the fastest method, and the next slower one that avoids a refused call (false: there is none). */
struct launch__method launch__fastest_method(void);
bool launch__fall_back(struct launch__method *method, const struct launch_error *error);
/* Is this negative errno a limit, lack of memory or a full table, which refuse every launch method? */
bool launch__is_shortage(long error);

/* kernel-probe.c: returns the fastest method that this kernel allows, and probes it at the first call. */
struct launch__method launch__choose_method(struct launch_context *context);

/*
 * proc-fd-path.c: turns a path through the caller's "/proc/self/fd/N", which the child does not have, into one that the child
 * can use. It is in `buffer`, or relative to a descriptor that is added to `extended`, whose entries are in `fds`.
 */
enum { LAUNCH__LENT_MAX = 2 };
struct launch__path {
  const char *path;
  int at;
};
struct launch__path launch__caller_path(const struct launch_plan *plan, const char *path,
                                        struct launch_plan *extended, struct launch_fd *fds,
                                        char buffer[PATH_MAX]);

/* ---- what the headers of older systems lack ---------------------------------------------------- */

#ifndef CLONE_PIDFD
#  define CLONE_PIDFD 0x00001000
#endif

#ifndef SYS_clone3
#  define SYS_clone3 435
#endif

#ifndef CLONE_CLEAR_SIGHAND
#  define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif

#ifndef SYS_pidfd_send_signal
#  define SYS_pidfd_send_signal 424
#endif

#ifndef CLOSE_RANGE_CLOEXEC
#  define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

#endif
