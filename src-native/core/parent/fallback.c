#include <signal.h>

#include "parent.h"

struct launch__way launch__fastest_way(void) {
  return (struct launch__way){
      .clone_mode = LAUNCH_CLONE_VFORK_SHARED_FDS,
      .close_fds = LAUNCH_CLOSE_FDS_UNSHARE,
      .pidfd = LAUNCH_PIDFD_CLONE,
      .handlers_reset = true,
  };
}

/*
 * What a kernel answers to flags it doesn't know (EINVAL), a seccomp filter to calls it doesn't allow (EPERM,
 * ENOSYS), a pending time namespace to CLONE_VM (EINVAL). A pid limit (EAGAIN), lack of memory or a full
 * table refuse any way.
 */
static bool is_refusal(int error) {
  return error == -EINVAL || error == -EPERM || error == -ENOSYS;
}

bool launch__is_shortage(long error) {
  return error == -EAGAIN || error == -ENOMEM || error == -EMFILE || error == -ENFILE;
}

static void leave_shared_fds(struct launch__way *way) {
  way->clone_mode = LAUNCH_CLONE_VFORK;
  if (way->close_fds == LAUNCH_CLOSE_FDS_UNSHARE) way->close_fds = LAUNCH_CLOSE_FDS_RANGE;
}

/* Flags are refused as a whole: first by the older call, then without the pidfd, then with it in the next clone mode. */
static bool slower_clone(struct launch__way *way) {
  if (way->handlers_reset) {
    way->handlers_reset = false;
    return true;
  }
  if (way->pidfd == LAUNCH_PIDFD_CLONE) {
    way->pidfd = LAUNCH_PIDFD_NONE;
    return true;
  }
  if (way->clone_mode == LAUNCH_CLONE_FORK) return false;
  way->pidfd = LAUNCH_PIDFD_CLONE;
  if (way->clone_mode == LAUNCH_CLONE_VFORK_SHARED_FDS)
    leave_shared_fds(way);
  else
    way->clone_mode = LAUNCH_CLONE_FORK;
  return true;
}

/* A filter may answer with SIGSYS. Any other signal was meant for the child, which must not come back to
 * life. */
static bool is_killed(const struct launch_error *error) {
  return error->signal != 0 && error->signal != SIGSYS;
}

static bool slower_close_fds(struct launch__way *way) {
  if (way->close_fds >= LAUNCH_CLOSE_FDS_PROC) return false;
  if (way->clone_mode == LAUNCH_CLONE_VFORK_SHARED_FDS)
    leave_shared_fds(way);
  else
    way->close_fds = LAUNCH_CLOSE_FDS_PROC;
  return true;
}

bool launch__slower_way(struct launch__way *way, const struct launch_error *error) {
  switch (error->step) {
  case LAUNCH_STEP_CLONE:
    return is_refusal(error->error) && slower_clone(way);
  case LAUNCH_STEP_CLOSE_FDS:
    return !is_killed(error) && slower_close_fds(way);
  case LAUNCH_STEP_STDIO:
    /* A descriptor above a hard limit that was lowered since can keep its number, but can't get it anew. */
    return way->clone_mode == LAUNCH_CLONE_VFORK_SHARED_FDS && !is_killed(error) && slower_close_fds(way);
  default:
    return false;
  }
}
