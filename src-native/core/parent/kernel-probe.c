#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>

#include "../child/child.h"
#include "parent.h"

/*
 * What the kernel does is asked, not its version: a version says nothing of a seccomp filter, an emulator or
 * a sandbox. But for what could be learnt only by dying of it.
 */

/*
 * A filter may kill who asks. Before Linux 5.16 (commit 0258b5fd7c71) a death by a signal that dumps core, SIGSYS too
 * and whatever RLIMIT_CORE says, takes along every process that shares the memory: the caller.
 */
static bool deaths_take_sharers_along(void) {
  struct utsname name;
  int major, minor;

  if (uname(&name) != 0 || sscanf(name.release, "%d.%d", &major, &minor) != 2) return true;
  return major < 5 || (major == 5 && minor < 16);
}

/* Such a child has handlers, and memory, of its parent's. */
static long clone_probe(struct launch_context *context, unsigned long flags, int (*entry)(void *),
                        void *argument) {
  uint64_t mask = launch__block_signals();
  struct launch__clone request = {.flags = flags, .entry = entry, .argument = argument, .cgroup = -1};
  long pid = launch__clone(context->stack, &request);

  launch__restore_signals(mask);
  return pid;
}

/* ---- does vfork share memory, and wait? ------------------------------------------------------ */

static int store(void *argument) {
  *(volatile bool *)argument = true;
  return 0;
}

/*
 * Emulators turn it into fork (QEMU's user mode, valgrind) or do not wait (WSL1). Asked first and with these
 * flags alone: valgrind ends a process that calls clone with a set of flags it doesn't know, CLONE_FILES
 * among them.
 */
static int probe_vfork(struct launch_context *context) {
  volatile bool stored = false;
  long pid = clone_probe(context, CLONE_VM | CLONE_VFORK, store, (void *)&stored);

  if (pid < 0) return (int)pid;
  bool seen = stored;
  (void)launch__reap((pid_t)pid);
  return seen ? 0 : -ENOSYS;
}

/* ---- what there is of calls that a filter may not know --------------------------------------- */

enum new_call { CLONE3, PIDFD_SEND_SIGNAL, CLOSE_RANGE_UNSHARING, NEW_CALLS };

/* In memory that is shared with the child, whether or not the rest is. */
struct new_calls {
  _Atomic int current;    /* enum new_call; NEW_CALLS: all were asked */
  bool deadly[NEW_CALLS]; /* a filter kills for it: not asked again */
  _Atomic int errors[NEW_CALLS];
  char *stack;  /* of the grandchild */
  int probe_fd; /* any open descriptor */
};

/* Where they exist, these arguments are EINVAL to the one and EBADF to the other. */

static int try_clone3(struct new_calls *calls) {
  (void)calls;
  return launch__sys(SYS_clone3, NULL, 0) == -EINVAL ? 0 : -ENOSYS;
}

static int try_pidfd_send_signal(struct new_calls *calls) {
  (void)calls;
  return launch__sys(SYS_pidfd_send_signal, -1, 0, NULL, 0) == -EBADF ? 0 : -ENOSYS;
}

/* ---- does CLOSE_RANGE_UNSHARE give the child a small table of its own, in order? -------------- */

enum { CUT = 64, END = 2 * CUT }; /* the kernel copies tables by words of 64 descriptors */

/* The first number above the cut must be free in the new table. */
static int unshare_and_open(void *argument) {
  struct new_calls *calls = argument;
  long result = launch__sys(SYS_close_range, CUT, ~0U, CLOSE_RANGE_UNSHARE);

  if (result == 0) result = launch__sys(SYS_fcntl, CUT - 1, F_DUPFD_CLOEXEC, CUT);
  if (result >= 0) result = result == CUT ? 0 : -ENOSYS;
  calls->errors[CLOSE_RANGE_UNSHARING] = (int)result;
  return 0;
}

/* A table of the caller's own in which the words on both sides of the cut are in use, the upper one wholly. */
static long fill_table(int probe_fd) {
  struct launch__run limits = {0};
  long result = 0;

  launch__raise_nofile(&limits);
  for (int fd = CUT - 1; result >= 0 && fd < END; fd++)
    if (fd != probe_fd) result = launch__sys(LAUNCH__SYS_DUP2, probe_fd, fd, 0);
  return result;
}

/*
 * A kernel that says yes and does nothing would have the child close the parent's descriptors. Linux 5.9 to 6.10, and
 * its stable branches until August 2024 (CVE-2024-45025), does it; but numbers of which the parent's table has a whole
 * word in use stay marked as taken in the small one: the program gets none of them, and at its limit no descriptor at
 * all. A child with a table of its own tries both, with a grandchild in the role of the child.
 *
 * First alone: where a filter kills a grandchild for it, and this process along with it, nobody is left to reap that.
 */
static int try_unsharing(struct new_calls *calls) {
  struct launch__clone request = {
      .flags = CLONE_VM | CLONE_VFORK | CLONE_FILES,
      .entry = unshare_and_open,
      .argument = calls,
      .cgroup = -1,
  };
  long result = launch__sys(SYS_close_range, ~0U, ~0U, CLOSE_RANGE_UNSHARE);

  if (result >= 0) result = fill_table(calls->probe_fd);
  if (result >= 0) result = launch__clone(calls->stack, &request);
  if (result <= 0) return (int)result;
  (void)launch__reap((pid_t)result);
  /* Where the grandchild closed without a table of its own, it is our descriptors that are gone. */
  return launch__sys(SYS_fcntl, END - 1, F_GETFD) < 0 ? -ENOSYS : calls->errors[CLOSE_RANGE_UNSHARING];
}

/* ---- all of them, by one child ---------------------------------------------------------------- */

static int try_new_calls(void *argument) {
  static int (*const tries[NEW_CALLS])(struct new_calls *) = {
      [CLONE3] = try_clone3,
      [PIDFD_SEND_SIGNAL] = try_pidfd_send_signal,
      [CLOSE_RANGE_UNSHARING] = try_unsharing,
  };
  struct new_calls *calls = argument;

  for (int call = 0; call < NEW_CALLS; call++) {
    calls->current = call;
    calls->errors[call] = calls->deadly[call] ? -ECANCELED : tries[call](calls);
  }
  calls->current = NEW_CALLS;
  return 0;
}

/*
 * Again without the call of which a child has died. -EINTR: somebody else has killed it, and it may have left a grandchild
 * that runs on for a moment. To copy 2 GB of memory takes 40 ms.
 */
static int ask(struct launch_context *context, struct new_calls *calls) {
  unsigned long flags = deaths_take_sharers_along() ? CLONE_VFORK : CLONE_VM | CLONE_VFORK;

  for (;;) {
    long pid = clone_probe(context, flags, try_new_calls, calls);
    if (pid < 0) return (int)pid;
    int signal = launch__reap((pid_t)pid);
    if (calls->current == NEW_CALLS) return 0;
    if (signal != SIGSYS || calls->deadly[calls->current]) return -EINTR;
    calls->deadly[calls->current] = true;
  }
}

/* Returns why the table can't be shared, or 0. */
static int probe_new_calls(struct launch_context *context, struct launch__method *method) {
  struct new_calls *calls =
      mmap(NULL, sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int error;

  if (calls == MAP_FAILED) return -errno;
  calls->probe_fd = context->channel.receiver;
  if ((error = launch__stack_open(&calls->stack)) != 0) goto no_stack;
  error = ask(context, calls);
  if (error == -EINTR) return -EAGAIN; /* the grandchild keeps its memory */
  if (error == 0) {
    method->handlers_reset = calls->errors[CLONE3] == 0;
    method->signal_by_pid = calls->deadly[PIDFD_SEND_SIGNAL];
    error = calls->errors[CLOSE_RANGE_UNSHARING];
  }
  launch__stack_close(calls->stack);
no_stack:
  (void)munmap(calls, sizeof *calls);
  return error;
}

/* ---- does the rest work? --------------------------------------------------------------------- */

static bool is_readable(int pidfd) {
  struct pollfd poll_fd = {.fd = pidfd, .events = POLLIN};
  int ready;

  do
    ready = poll(&poll_fd, 1, -1);
  while (ready < 0 && errno == EINTR);
  return ready == 1 && (poll_fd.revents & POLLIN) != 0;
}

/* The dead child's pidfd must be readable, else (Linux 5.2) no event loop can wait for it. */
static bool finish_probe(const struct launch_child *child) {
  bool useful = child->pidfd >= 0 && is_readable(child->pidfd);

  (void)launch__reap(child->pid);
  if (child->pidfd >= 0) (void)close(child->pidfd);
  return useful;
}

/* A real attempt, all steps up to the seal: mail, clone, a table of its own, placing, closing. */
static int attempt_probe(struct launch_context *context, const struct launch__method *method,
                         bool *ret_pidfd_useful, struct launch_error *ret_error) {
  struct launch_fd fd = {.target = 0};
  struct launch_plan plan = {.fds = &fd, .fd_count = 1};
  int source;
  struct launch__run run = {
      .plan = &plan,
      .channel = &context->channel,
      .status = context->status,
      .method = *method,
      .sources = &source,
      .always_pass_fds = true,
      .own_memory = deaths_take_sharers_along(),
      .file_at = -1,
      .cwd_at = -1,
      .cgroup = -1,
      .cgroup_procs = -1,
      .exec_status_writer = -1,
      .stop_ends = {-1, -1},
  };
  struct launch_child child;
  int error = launch__fd_channel_ensure(&context->channel);

  if (error != 0) return error;
  fd.source = source = run.probe_fd = context->channel.sender;
  error = launch__attempt(context, &run, &child, ret_error);
  if (error == 0) *ret_pidfd_useful = finish_probe(&child);
  return error;
}

/* ---- what was found -------------------------------------------------------------------------- */

static void note(struct launch_capabilities *found, const struct launch__method *method, int error) {
  if (method->clone_mode != found->clone_mode) found->clone_mode_error = error;
  if (method->close_fds != found->close_fds) found->close_fds_error = error;
  if (method->pidfd != found->pidfd) found->pidfd_error = method->pidfd == LAUNCH_PIDFD_CLONE ? 0 : error;
  found->clone_mode = method->clone_mode;
  found->close_fds = method->close_fds;
  found->pidfd = method->pidfd;
  found->syscalls = method->syscalls;
  found->handlers_reset = method->handlers_reset;
  found->signal_by_pid = method->signal_by_pid;
}

static bool execvp_is_interposed(const struct launch_capabilities *found) {
  return found->interposed != NULL && strcmp(found->interposed, "execvp") == 0;
}

static struct launch__method method_of(const struct launch_capabilities *found) {
  return (struct launch__method){
      .clone_mode = found->clone_mode,
      .close_fds = found->close_fds,
      .pidfd = found->pidfd,
      .syscalls = found->syscalls,
      .by_execvp = execvp_is_interposed(found),
      .handlers_reset = found->handlers_reset,
      .signal_by_pid = found->signal_by_pid,
  };
}

/*
 * Memory that is full, a table that is full, or somebody's signal for the child say nothing about the kernel:
 * the next launch asks again.
 */
static bool is_conclusive(const struct launch_error *error) {
  return error->step == LAUNCH_STEP_CLOSE_FDS && (error->signal == 0 || error->signal == SIGSYS);
}

/* Where nothing could be asked yet, or there is no vfork. */
static const struct launch_capabilities safest = {
    .clone_mode = LAUNCH_CLONE_FORK,
    .close_fds = LAUNCH_CLOSE_FDS_RANGE,
    .pidfd = LAUNCH_PIDFD_CLONE,
};

/* No filter kills for what is this old: where vfork works and there is no memory for a copy that could ask for more. */
static const struct launch_capabilities oldest = {
    .clone_mode = LAUNCH_CLONE_VFORK,
    .close_fds = LAUNCH_CLOSE_FDS_PROC,
    .pidfd = LAUNCH_PIDFD_CLONE,
    .signal_by_pid = true,
};

/* Until a probe succeeds. What is interposed is known without one. */
static void take_meanwhile(struct launch_context *context, const struct launch_capabilities *taken,
                           const struct launch_capabilities *found) {
  context->capabilities = *taken;
  context->capabilities.syscalls = found->syscalls;
  context->capabilities.interposed = found->interposed;
  context->capabilities.interposer = found->interposer;
  if (found->syscalls == LAUNCH_SYSCALLS_LIBC) context->capabilities.clone_mode = LAUNCH_CLONE_FORK;
}

/*
 * Whatever a tool put in the place of libc's functions allocates and takes locks, which only a child of libc's fork()
 * can.
 */
static void take_libc(struct launch__method *method) {
  method->clone_mode = LAUNCH_CLONE_FORK;
  method->close_fds = LAUNCH_CLOSE_FDS_RANGE;
  method->syscalls = LAUNCH_SYSCALLS_LIBC;
  method->handlers_reset = false;
}

/* What is taken meanwhile is left in the context. */
static bool probe_methods(struct launch_context *context, struct launch_capabilities *found) {
  struct launch__method method = launch__fastest_method();
  struct launch_error error = {0};
  bool pidfd_useful = false;
  int result;

  if ((result = probe_vfork(context)) != 0) {
    method = method_of(&safest);
  } else {
    method.handlers_reset = false;
    result = probe_new_calls(context, &method);
    if (result != 0) {
      method.clone_mode = LAUNCH_CLONE_VFORK;
      method.close_fds = LAUNCH_CLOSE_FDS_RANGE;
    }
    if (launch__is_shortage(result) && deaths_take_sharers_along()) take_meanwhile(context, &oldest, found);
  }
  if (launch__is_shortage(result)) return false;
  if (found->syscalls == LAUNCH_SYSCALLS_LIBC) take_libc(&method);
  note(found, &method, result);

  while ((result = attempt_probe(context, &method, &pidfd_useful, &error)) != 0) {
    if (!launch__fall_back(&method, &error)) break;
    note(found, &method, error.error);
  }
  if (result != 0 && !is_conclusive(&error)) return false;
  if (result != 0) {
    found->close_fds = LAUNCH_CLOSE_FDS_NONE;
    found->close_fds_error = error.error;
  } else if (!pidfd_useful) {
    found->pidfd = LAUNCH_PIDFD_NONE;
    found->pidfd_error = -ENOSYS;
  }
  return true;
}

/*
 * After unshare(CLONE_NEWPID) the next child is PID 1 of a new namespace, and when that one ends no other can
 * be made there: a probe would use it up. The link can't be followed until that child exists. It is the thread
 * that has called unshare whose children go there.
 */
static bool would_be_pid_1(void) {
  struct stat own, childs;

  if (stat("/proc/thread-self/ns/pid", &own) != 0) return false;
  return stat("/proc/thread-self/ns/pid_for_children", &childs) != 0 || own.st_ino != childs.st_ino;
}

static void probe(struct launch_context *context) {
  struct launch_capabilities found = {0};

  launch__find_interposer(&found);
  take_meanwhile(context, &safest, &found);
  if (would_be_pid_1() || launch__fd_channel_ensure(&context->channel) != 0) return;
  found.probed = probe_methods(context, &found);
  if (found.probed) context->capabilities = found;
}

struct launch__method launch__choose_method(struct launch_context *context) {
  if (!context->capabilities.probed) probe(context);
  return method_of(&context->capabilities);
}

void launch_probe(struct launch_context *context, struct launch_capabilities *ret_capabilities) {
  (void)launch__choose_method(context);
  *ret_capabilities = context->capabilities;
}
