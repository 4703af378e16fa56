/*
 * shared.h: declarations for parent and child: the child status, the passing of descriptors, and the description of one attempt
 * to launch. Only files of the core include this header. A function marked [child] follows the rule of child.h.
 */
#ifndef SAFE_SPAWN_SHARED_H
#define SAFE_SPAWN_SHARED_H

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../launch.h"

/* 32-bit kernels have other calls for ids (16 bits wide), offsets and times. */
_Static_assert(sizeof(long) == 8, "safe-spawn needs a 64-bit system");

/*
 * Makes a system call; returns its result or a negative errno. libc's wrappers for ids, limits and the mask do more (they signal
 * other threads, or hide signals), and its close() is a cancellation point.
 *
 * It does not call libc's syscall() either. A child that shares memory has the errno of the thread that made it, and that thread
 * runs meanwhile if the child was made without CLONE_VFORK. On architectures without clone3() in clone.c every child is made
 * with that flag.
 */
static inline long launch__call(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__clang_analyzer__)
  /* The analyser does not see that assembly writes to memory; it knows that of a function. */
  return syscall(number, a, b, c, d, e, f);
#elif defined(__x86_64__)
  register long in_d __asm__("r10") = d;
  register long in_e __asm__("r8") = e;
  register long in_f __asm__("r9") = f;
  long result;

  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(in_d), "r"(in_e), "r"(in_f)
                   : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long in_number __asm__("x8") = number;
  register long result __asm__("x0") = a;
  register long in_b __asm__("x1") = b;
  register long in_c __asm__("x2") = c;
  register long in_d __asm__("x3") = d;
  register long in_e __asm__("x4") = e;
  register long in_f __asm__("x5") = f;

  __asm__ volatile("svc #0"
                   : "+r"(result)
                   : "r"(in_number), "r"(in_b), "r"(in_c), "r"(in_d), "r"(in_e), "r"(in_f)
                   : "memory");
  return result;
#else
  int kept = errno; /* a handler must not change the errno of the call that it interrupts */
  long result = syscall(number, a, b, c, d, e, f);

  if (result == -1) result = -(long)errno;
  errno = kept;
  return result;
#endif
}
#define launch__sys(...) LAUNCH__SIX_ARGUMENTS(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)
#define LAUNCH__SIX_ARGUMENTS(number, a, b, c, d, e, f, ...)                                                 \
  launch__call(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* ---- await-exec.c: waits for execve(2) or the child's death, if the parent does not wait in vfork ------- */

/* Lies in memory that is shared in every clone mode. */
struct launch__running {
  struct robust_list_head robust; /* the child's list of robust futexes, which holds the one below */
  struct robust_list entry;
  _Atomic uint32_t word;
};

/* [child] Called before the first step. Returns 0 or a negative errno. */
int launch__begin_running(struct launch__running *running);
/*
 * Waits at most `milliseconds` until the child's execve(2) has succeeded or the child is dead; false: neither has happened. Waits
 * on the futex, or for the end of a pipe if `reader` is a descriptor.
 */
bool launch__await_exec(struct launch__running *running, int reader, const struct launch_child *child,
                        int milliseconds);

/* ---- the child's report to its parent, in memory that is shared in every clone mode ---------------------- */

struct launch__child_status {
  _Atomic int step; /* enum launch_step, stored before the step begins */
  _Atomic int error;
  _Atomic int rlimit_resource;
  _Atomic bool fds_received;
  _Atomic uint64_t deferred_stops; /* stop signals that the parent has to send again; bit n - 1 is signal n */
  struct launch__running running;
#ifdef LAUNCH_TEST_HOOKS
  _Atomic int hooks[LAUNCH_TEST_HOOK_COUNT];
  _Atomic int hook_pid;
  int fail_step;
  int fail_error;
  int fail_signal;
#endif
};

/* ---- fd-passing.c: how descriptors reach a child that copies only the lowest part of the table -- */

/*
 * A pair of datagram sockets. The receiver has the lowest number that was free, and the child copies the table up to it. An end is
 * recognised by its inode, since other code may close it and reuse its number.
 */
struct launch__fd_channel {
  int receiver; /* -1: no channel */
  int sender;
  ino_t receiver_inode;
  ino_t sender_inode;
};

enum { LAUNCH__FD_PASSING_MAX = 253 }; /* SCM_MAX_FD of the kernel */

/* Returns true if this number is still one of the two ends. */
bool launch__fd_channel_has(const struct launch__fd_channel *channel, int fd);
/* Opens the socket pair, or a new one if other code has closed or reused an end. Returns 0 or a negative errno. */
int launch__fd_channel_ensure(struct launch__fd_channel *channel);
int launch__fd_channel_send(const struct launch__fd_channel *channel, const int *fds, size_t count);
/* [child] */
int launch__fd_channel_receive(const struct launch__fd_channel *channel, int *ret_fds, size_t count);
/* Closes the channel and the descriptors still in it. Ends that other code has closed or reused are left alone. */
void launch__fd_channel_discard(struct launch__fd_channel *channel);

/* ---- one attempt to launch ------------------------------------------------------------------- */

struct launch__method {
  enum launch_clone_mode clone_mode;
  enum launch_close_fds close_fds;
  enum launch_pidfd pidfd;
  enum launch_syscalls syscalls;
  bool by_execvp;      /* the child lets execvp(3) search for the program, since a tool replaces it */
  bool handlers_reset; /* these two: see struct launch_capabilities */
  bool signal_by_pid;
};

struct launch__run {
  const struct launch_plan *plan;
  const struct launch__fd_channel *channel;
  struct launch__child_status *status;
  struct launch__method method;
  const char *file; /* the plan's, unless the path leads through the caller's /proc/self/fd */
  const char *cwd;
  /* The child's descriptor to which each path is relative, or which an empty path means; -1: an ordinary path. */
  int file_at;
  int cwd_at;
  int cgroup;       /* descriptor of the plan's, or -1 */
  int cgroup_procs; /* its file, which the child writes itself to if it is not born there; else -1 */
  pid_t parent;     /* as getppid(2) tells the child */
  bool
      always_pass_fds; /* also what could reach the child by the table; of no effect outside the shared mode */
  bool own_memory;     /* in every clone mode a copy of the caller's */
  bool without_vfork;  /* the parent waits for the child by launch__await_exec */
  bool fds_passed;     /* the sources wait in the channel */
  int max_copied_fd;   /* shared mode: what lies above it is not copied into the child's table; -1: all */
  int *sources;        /* where the child finds what goes to plan->fds[i]; moved about while placing */
  bool given_up;       /* the parent has waited long enough, and killed the child */
  int exec_status_writer; /* fork mode: the parent waits until exec or exit closes it; else -1 */
  bool nofile_raised;
  uint64_t nofile_soft; /* before the child raised it */
  uint64_t nofile_hard;
  int stop_ends[2];         /* execve(2) closes them, and then the kernel stops the program; else -1 */
  _Atomic bool interrupted; /* by a signal of job control, during execve(2) */
  int probe_fd; /* in a probe, a descriptor that must be closed at the end; else -1. A probe executes no program. */
};

/* ---- file-system.c: anything can be mounted at /proc, and put on the number of a cgroup's file -- */

bool launch__is_proc(int fd);
bool launch__is_cgroup(int fd);

/* ---- the functions that a child calls under the names that tools replace ------------------------ */

/* Node's executable has the large-file names, which musl does not tell apart. */
#ifdef __GLIBC__
#  define LAUNCH__OPEN  open64
#  define LAUNCH__FCNTL fcntl64
#else
#  define LAUNCH__OPEN  open
#  define LAUNCH__FCNTL fcntl
#endif

/* ---- what the headers of older systems lack ----------------------------------------------------- */

/* libuv calls dup2(2), so a filter that is made for Node may not know dup3(2). Newer architectures have dup3(2) alone. */
#ifdef SYS_dup2
#  define LAUNCH__SYS_DUP2 SYS_dup2
#else
#  define LAUNCH__SYS_DUP2 SYS_dup3
#endif

#ifndef SYS_pidfd_open
#  define SYS_pidfd_open 434
#endif

#ifndef SYS_close_range
#  define SYS_close_range 436
#endif

#ifndef CLOSE_RANGE_UNSHARE
#  define CLOSE_RANGE_UNSHARE (1U << 1)
#endif

#endif
