#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "parent.h"
#include "probe/probe.h"

bool launch__deaths_kill_sharers(void) {
  struct utsname name;
  int major, minor;

  if (uname(&name) != 0 || sscanf(name.release, "%d.%d", &major, &minor) != 2) return true;
  return major < 5 || (major == 5 && minor < 16);
}

long launch__clone_probe(struct launch_context *context, unsigned long flags, int (*entry)(void *),
                         void *argument) {
  uint64_t mask = launch__block_signals();
  struct launch__clone request = {.flags = flags, .entry = entry, .argument = argument, .cgroup = -1};
  long pid = launch__clone(context->stack, &request);

  launch__restore_signals(mask);
  return pid;
}

/* ---- what was found -------------------------------------------------------------------------- */

void launch__note_method(struct launch_capabilities *found, const struct launch__method *method, int error) {
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

/* The method until a probe succeeds, and where vfork does not work. */
static const struct launch_capabilities safest = {
    .clone_mode = LAUNCH_CLONE_FORK,
    .close_fds = LAUNCH_CLOSE_FDS_RANGE,
    .pidfd = LAUNCH_PIDFD_CLONE,
};

/*
 * The method where vfork works, but there is no memory for a copy in which newer calls could be tried. No filter kills for
 * calls that are this old.
 */
static const struct launch_capabilities oldest = {
    .clone_mode = LAUNCH_CLONE_VFORK,
    .close_fds = LAUNCH_CLOSE_FDS_PROC,
    .pidfd = LAUNCH_PIDFD_CLONE,
    .signal_by_pid = true,
};

/* Holds until a probe succeeds. An interposed function is known without one. */
static void take_meanwhile(struct launch_context *context, const struct launch_capabilities *taken,
                           const struct launch_capabilities *found) {
  context->capabilities = *taken;
  context->capabilities.syscalls = found->syscalls;
  context->capabilities.interposed = found->interposed;
  context->capabilities.interposer = found->interposer;
  if (found->syscalls == LAUNCH_SYSCALLS_LIBC) context->capabilities.clone_mode = LAUNCH_CLONE_FORK;
}

/* Replaced functions allocate and take locks, which only a child of libc's fork() can do. */
static void take_libc(struct launch__method *method) {
  method->clone_mode = LAUNCH_CLONE_FORK;
  method->close_fds = LAUNCH_CLOSE_FDS_RANGE;
  method->syscalls = LAUNCH_SYSCALLS_LIBC;
  method->handlers_reset = false;
}

/* ---- the questions --------------------------------------------------------------------------- */

/* Does vfork share memory, and wait? If not, the method is the one that needs neither. */
static bool probe_clone_mode(struct launch_context *context, struct launch__method *method, int *ret_error) {
  *ret_error = launch__probe_vfork(context);
  if (*ret_error != 0) *method = method_of(&safest);
  return !launch__is_shortage(*ret_error);
}

/* Are clone3 and CLOSE_RANGE_UNSHARE there, and does a filter kill for pidfd_send_signal? */
static bool probe_new_calls(struct launch_context *context, struct launch__method *method,
                            const struct launch_capabilities *found, int *ret_error) {
  if (method->clone_mode == LAUNCH_CLONE_FORK) return true;
  method->handlers_reset = false;
  *ret_error = launch__probe_new_calls(context, method);
  if (*ret_error != 0) {
    method->clone_mode = LAUNCH_CLONE_VFORK;
    method->close_fds = LAUNCH_CLOSE_FDS_RANGE;
  }
  if (!launch__is_shortage(*ret_error)) return true;
  if (launch__deaths_kill_sharers()) take_meanwhile(context, &oldest, found);
  return false;
}

/* Returns false if a lack of memory, processes or descriptors leaves a question open. */
static bool probe_methods(struct launch_context *context, struct launch_capabilities *found) {
  struct launch__method method = launch__fastest_method();
  int error = 0;

  if (!probe_clone_mode(context, &method, &error)) return false;
  if (!probe_new_calls(context, &method, found, &error)) return false;
  if (found->syscalls == LAUNCH_SYSCALLS_LIBC) take_libc(&method);
  launch__note_method(found, &method, error);
  return launch__probe_by_launching(context, &method, found);
}

/*
 * After unshare(CLONE_NEWPID) the next child becomes PID 1 of a new namespace, and no process can be made there once that one
 * has ended: a probe would use the namespace up. The link can't be followed until that child exists. The thread that has
 * called unshare is the one whose children go there.
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
