/*
 * launch.h: starts a program in a new process that holds the descriptors it was given and no others.
 *
 * This is the whole public interface of the core. Nothing here knows about Node.
 *
 *   launch_context_open()   once per thread that launches
 *     launch()              plan -> child, or an error that names the step
 *     launch_signal()       by pidfd where there is one: never a recycled pid
 *     launch_reap()         exit status and resource usage; never blocks
 *   launch_context_close()
 *
 * Functions return 0 or a negative errno. Output parameters start with `ret_` and are written only on
 * success.
 */
#ifndef SAFE_SPAWN_LAUNCH_H
#define SAFE_SPAWN_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what to start --------------------------------------------------------------------------- */

enum {
  LAUNCH_FD_NULL = -1, /* source of a launch_fd: /dev/null, read-only for target 0, read-write for others */
};

/*
 * Descriptor `target` of the child is a duplicate of the caller's `source`. If another thread closes or replaces the source
 * during the launch, the child gets the file that has the number at some moment of it.
 */
struct launch_fd {
  int target;
  int source;
};

/* A limit as prlimit(2) takes it. A half that is not set keeps the caller's value. */
struct launch_rlimit {
  int resource; /* RLIMIT_* */
  bool set_soft;
  bool set_hard;
  uint64_t soft; /* in the resource's own unit; UINT64_MAX is RLIM_INFINITY */
  uint64_t hard;
};

struct launch_plan {
  /* Searched in the PATH of `envp` after the change of directory, unless it has a slash, as execvp(3) does. */
  const char *file;

  /*
   * NULL-terminated, with a writable slot before it, argv[-1], and one after the NULL. A file that execve(2) refuses with
   * ENOEXEC is run as "/bin/sh file args", and that vector is made in place.
   */
  char **argv;
  char *const *envp;
  const char *cwd; /* NULL: the caller's */

  const struct launch_fd *fds; /* targets >= 0, strictly increasing */
  size_t fd_count;

  const struct launch_rlimit *rlimits;
  size_t rlimit_count;

  const char *cgroup; /* directory of a cgroup v2 for the child (Linux 5.7); NULL: the caller's */

  bool new_session; /* setsid(2) */
  bool set_process_group;
  bool set_umask;
  bool set_nice;
  bool set_oom_score_adj;
  bool set_groups; /* if false, set_uid and set_gid drop the supplementary groups if that is permitted */
  bool set_gid;
  bool set_uid;
  bool no_new_privileges; /* prctl(2), PR_SET_NO_NEW_PRIVS */

  pid_t process_group; /* setpgid(2); 0: the child leads a new group */
  mode_t umask;
  int nice;          /* setpriority(2): -20 to 19, not relative to the caller's */
  int oom_score_adj; /* proc_pid_oom_score_adj(5): -1000 to 1000 */
  const gid_t *groups;
  size_t group_count;
  gid_t gid;
  uid_t uid;
  int death_signal; /* prctl(2), PR_SET_PDEATHSIG: sent when the calling *thread* ends; 0: none */
};

/* ---- the result ------------------------------------------------------------------------------ */

/* The steps in their order, first the parent's. launch_step_name() returns the name of each. */
enum launch_step {
  LAUNCH_STEP_STDIO,         /* a source is not open, can't be passed, or can't get its number */
  LAUNCH_STEP_CGROUP,        /* the cgroup does not exist, is frozen, or can't be joined */
  LAUNCH_STEP_CLONE,         /* the process could not be made */
  LAUNCH_STEP_SIGNALS,       /* sets dispositions to default */
  LAUNCH_STEP_SESSION,       /* setsid */
  LAUNCH_STEP_PROCESS_GROUP, /* setpgid */
  LAUNCH_STEP_CLOSE_FDS,     /* cannot guarantee that all other descriptors are closed */
  LAUNCH_STEP_OOM_SCORE_ADJ, /* rlimit_resource: 1 if root owns the file, since the caller is not dumpable */
  LAUNCH_STEP_UMASK,         /* umask */
  LAUNCH_STEP_NICE,          /* setpriority */
  LAUNCH_STEP_RLIMIT,        /* rlimit_resource: the resource */
  LAUNCH_STEP_CWD,           /* chdir */
  LAUNCH_STEP_GROUPS,        /* setgroups */
  LAUNCH_STEP_GID,           /* setgid */
  LAUNCH_STEP_UID,           /* setuid */
  LAUNCH_STEP_NO_NEW_PRIVILEGES,
  LAUNCH_STEP_DEATH_SIGNAL,
  LAUNCH_STEP_SIGNAL_MASK, /* the signal mask */
  LAUNCH_STEP_EXEC,        /* execve */
  LAUNCH_STEP_COUNT,
};

struct launch_error {
  int error; /* negative errno; -ECANCELED when the child was killed before it could exec */
  enum launch_step step;
  int rlimit_resource; /* see enum launch_step, else 0 */
  int signal;          /* the signal that killed the child before exec, else 0 */
};

struct launch_child {
  pid_t pid;
  int pidfd;          /* close-on-exec, owned by the caller; -1 with LAUNCH_PIDFD_NONE */
  bool signal_by_pid; /* see struct launch_capabilities */
};

struct launch_exit {
  bool lost; /* other code took the status, so that neither code nor signal is known */
  int code;
  int signal; /* 1..64, or 0 after a normal exit */
  bool core_dumped;
  struct rusage usage; /* zero when lost */
};

/* ---- methods --------------------------------------------------------------------------------- */

/* How the child is made, fastest first. A launch takes the first mode that the kernel allows. */
enum launch_clone_mode {
  LAUNCH_CLONE_VFORK_SHARED_FDS, /* vfork-like; the table of descriptors is shared until the child takes a
                                    small copy (Linux 5.9) */
  LAUNCH_CLONE_VFORK,            /* vfork-like, with a whole copy of the table */
  LAUNCH_CLONE_FORK, /* fork-like, for emulators where vfork does not share memory or does not wait */
  LAUNCH_CLONE_MODE_COUNT,
};

/*
 * How the child closes all other descriptors. There is no loop up to RLIMIT_NOFILE: descriptors that were opened before the
 * limit was lowered are above it.
 */
enum launch_close_fds {
  LAUNCH_CLOSE_FDS_UNSHARE, /* close_range(2) with CLOSE_RANGE_UNSHARE, Linux 5.9 */
  LAUNCH_CLOSE_FDS_RANGE,   /* close_range(2) on a table of its own, Linux 5.9 */
  LAUNCH_CLOSE_FDS_PROC,    /* every number listed in /proc/self/fd */
  LAUNCH_CLOSE_FDS_NONE,    /* neither works: every launch fails with LAUNCH_STEP_CLOSE_FDS */
  LAUNCH_CLOSE_FDS_COUNT,
};

enum launch_pidfd {
  LAUNCH_PIDFD_CLONE, /* from clone(2) with CLONE_PIDFD, readable when the child is dead: Linux 5.3 */
  LAUNCH_PIDFD_NONE,  /* the caller learns of deaths by SIGCHLD */
  LAUNCH_PIDFD_COUNT,
};

/* How the child calls the functions that a tool may have replaced (LD_PRELOAD). */
enum launch_syscalls {
  LAUNCH_SYSCALLS_DIRECT, /* the kernel */
  LAUNCH_SYSCALLS_LIBC,   /* libc's functions, after libc's fork(): only in LAUNCH_CLONE_FORK */
  LAUNCH_SYSCALLS_COUNT,
};

/* `*_error` is the negative errno with which the next faster method was refused, or 0 if there is none. */
struct launch_capabilities {
  enum launch_clone_mode clone_mode;
  enum launch_close_fds close_fds;
  enum launch_pidfd pidfd;
  enum launch_syscalls syscalls;
  const char *interposed; /* a function that another file than libc defines, and that file; else NULL */
  const char *interposer;
  bool signal_by_pid;  /* a filter kills the caller of pidfd_send_signal(2) */
  bool handlers_reset; /* clone3(2) with CLONE_CLEAR_SIGHAND resets them (Linux 5.5); else the child does */
  int clone_mode_error;
  int close_fds_error;
  int pidfd_error;
  bool probed; /* false: a probe would have become PID 1 of a new namespace; the safest method is taken */
};

/*
 * The state that launches share: the child's stack, the fd-passing channel, and the answers of the kernel probe. Only one
 * thread at a time may use it.
 */
struct launch_context;

int launch_context_open(struct launch_context **ret_context);
void launch_context_close(struct launch_context *context);

/*
 * Starts the plan's program. Returns when execve(2) has succeeded or the launch has failed. In the second case `ret_error` is
 * written, the process is reaped and no descriptor is left. The calling thread is suspended meanwhile. The caller's
 * descriptors, mask, dispositions and ids do not change.
 */
int launch(struct launch_context *context, const struct launch_plan *plan, struct launch_child *ret_child,
           struct launch_error *ret_error);

/* Signals by pidfd_send_signal(2), else by kill(2). The child must not be reaped yet. Returns 0 or a negative errno. */
int launch_signal(const struct launch_child *child, int signal);

/*
 * If the child is dead and was not reaped, sends SIGKILL to the process group whose number is the child's pid. After the reap that
 * number can be another group's.
 */
void launch_kill_group_of_dead(const struct launch_child *child);

/* Returns 1 if the child is reaped and `ret_exit` is written, 0 if it is alive. Never waits for another child. */
int launch_reap(const struct launch_child *child, struct launch_exit *ret_exit);

/* Probes on first use: starts and reaps a few processes that exec nothing. */
void launch_probe(struct launch_context *context, struct launch_capabilities *ret_capabilities);

/* Writes the descriptors that belong to the context, at most 2, and returns their number. They are not valid sources. */
size_t launch_internal_fds(const struct launch_context *context, int ret_fds[2]);

const char *launch_step_name(enum launch_step step);
const char *launch_clone_mode_name(enum launch_clone_mode clone_mode);
const char *launch_close_fds_name(enum launch_close_fds close_fds);
const char *launch_pidfd_name(enum launch_pidfd pidfd);
const char *launch_syscalls_name(enum launch_syscalls syscalls);

#ifdef LAUNCH_TEST_HOOKS
/*
 * Points at which a test can hold the child. Compiled out of releases.
 * A held child runs launch__gate_wait(): test code arms a gate, sees `reached`, then opens it.
 */
enum launch_test_hook {
  LAUNCH_TEST_HOOK_UNSHARE,
  LAUNCH_TEST_HOOK_SIGNAL_MASK,
  LAUNCH_TEST_HOOK_EXEC,
  LAUNCH_TEST_HOOK_JOIN,
  LAUNCH_TEST_HOOK_COUNT
};
void launch_test_hook_arm(struct launch_context *context, enum launch_test_hook hook);
bool launch_test_hook_reached(struct launch_context *context, enum launch_test_hook hook);
pid_t launch_test_hook_pid(struct launch_context *context); /* the held child */
void launch_test_hook_release(struct launch_context *context, enum launch_test_hook hook);
/*
 * The child kills itself with `signal` when it begins `step`, or fails the step with `error`; LAUNCH_STEP_COUNT: off.
 */
void launch_fail_at(struct launch_context *context, enum launch_step step, int error, int signal);
/* Sets the method, to test each on a kernel that has them all. */
void launch_force(struct launch_context *context, enum launch_clone_mode clone_mode,
                  enum launch_close_fds close_fds, enum launch_pidfd pidfd);
/* In the shared mode, low sources are passed over the channel as high ones are. */
void launch_force_fd_passing(struct launch_context *context);
/* Call this after launch_force(), which turns it off. */
void launch_force_handlers_reset(struct launch_context *context);
/* Lets the child call libc's functions, as if a tool had replaced them (LD_PRELOAD). Call it after launch_force() of the fork mode. */
void launch_force_libc(struct launch_context *context);
#endif

#ifdef __cplusplus
}
#endif

#endif
