#include <signal.h>

#include "parent.h"

struct launch__method launch__fastest_method(void) {
  return (struct launch__method){
      .clone_mode = LAUNCH_CLONE_VFORK_SHARED_FDS,
      .close_fds = LAUNCH_CLOSE_FDS_UNSHARE,
      .pidfd = LAUNCH_PIDFD_CLONE,
      .handlers_reset = true,
  };
}

/*
 * Returns whether an error refuses only this launch method. The kernel returns EINVAL for an unknown flag, and for
 * CLONE_VM with a pending time namespace. A seccomp filter returns EPERM or ENOSYS. A pid limit (EAGAIN), lack of
 * memory or a full table refuse every method.
 */
static bool is_refusal(int error) {
  return error == -EINVAL || error == -EPERM || error == -ENOSYS;
}

bool launch__is_shortage(long error) {
  return error == -EAGAIN || error == -ENOMEM || error == -EMFILE || error == -ENFILE;
}

static void leave_shared_fds(struct launch__method *method) {
  method->clone_mode = LAUNCH_CLONE_VFORK;
  if (method->close_fds == LAUNCH_CLOSE_FDS_UNSHARE) method->close_fds = LAUNCH_CLOSE_FDS_RANGE;
}

/* The kernel does not say which flag it refuses. Tries the older call, then no pidfd, then the next clone mode. */
static bool slower_clone(struct launch__method *method) {
  if (method->handlers_reset) {
    method->handlers_reset = false;
    return true;
  }
  if (method->pidfd == LAUNCH_PIDFD_CLONE) {
    method->pidfd = LAUNCH_PIDFD_NONE;
    return true;
  }
  if (method->clone_mode == LAUNCH_CLONE_FORK) return false;
  method->pidfd = LAUNCH_PIDFD_CLONE;
  if (method->clone_mode == LAUNCH_CLONE_VFORK_SHARED_FDS)
    leave_shared_fds(method);
  else
    method->clone_mode = LAUNCH_CLONE_FORK;
  return true;
}

/* A filter may answer with SIGSYS. Any other signal was meant for the child, which must not be started again. */
static bool is_killed(const struct launch_error *error) {
  return error->signal != 0 && error->signal != SIGSYS;
}

static bool slower_close_fds(struct launch__method *method) {
  if (method->close_fds >= LAUNCH_CLOSE_FDS_PROC) return false;
  if (method->clone_mode == LAUNCH_CLONE_VFORK_SHARED_FDS)
    leave_shared_fds(method);
  else
    method->close_fds = LAUNCH_CLOSE_FDS_PROC;
  return true;
}

bool launch__fall_back(struct launch__method *method, const struct launch_error *error) {
  switch (error->step) {
  case LAUNCH_STEP_CLONE:
    return is_refusal(error->error) && slower_clone(method);
  case LAUNCH_STEP_CLOSE_FDS:
    return !is_killed(error) && slower_close_fds(method);
  case LAUNCH_STEP_STDIO:
    /* A descriptor above a hard limit that was lowered since keeps its number, but can't be copied to it again. */
    return method->clone_mode == LAUNCH_CLONE_VFORK_SHARED_FDS && !is_killed(error) &&
           slower_close_fds(method);
  default:
    return false;
  }
}
