#include "../launch.h"

const char *launch_step_name(enum launch_step step) {
  static const char *const names[LAUNCH_STEP_COUNT] = {
      [LAUNCH_STEP_STDIO] = "stdio",
      [LAUNCH_STEP_CGROUP] = "cgroup",
      [LAUNCH_STEP_CLONE] = "clone",
      [LAUNCH_STEP_SIGNALS] = "signals",
      [LAUNCH_STEP_SESSION] = "session",
      [LAUNCH_STEP_PROCESS_GROUP] = "processGroup",
      [LAUNCH_STEP_CLOSE_FDS] = "closeFds",
      [LAUNCH_STEP_OOM_SCORE_ADJ] = "oomScoreAdj",
      [LAUNCH_STEP_UMASK] = "umask",
      [LAUNCH_STEP_NICE] = "nice",
      [LAUNCH_STEP_RLIMIT] = "rlimit",
      [LAUNCH_STEP_CWD] = "cwd",
      [LAUNCH_STEP_GROUPS] = "groups",
      [LAUNCH_STEP_GID] = "gid",
      [LAUNCH_STEP_UID] = "uid",
      [LAUNCH_STEP_NO_NEW_PRIVILEGES] = "noNewPrivileges",
      [LAUNCH_STEP_DEATH_SIGNAL] = "deathSignal",
      [LAUNCH_STEP_SIGNAL_MASK] = "signalMask",
      [LAUNCH_STEP_EXEC] = "exec",
  };

  return names[step];
}

const char *launch_clone_mode_name(enum launch_clone_mode clone_mode) {
  static const char *const names[LAUNCH_CLONE_MODE_COUNT] = {
      [LAUNCH_CLONE_VFORK_SHARED_FDS] = "vfork-shared-fds",
      [LAUNCH_CLONE_VFORK] = "vfork",
      [LAUNCH_CLONE_FORK] = "fork",
  };

  return names[clone_mode];
}

const char *launch_close_fds_name(enum launch_close_fds close_fds) {
  static const char *const names[LAUNCH_CLOSE_FDS_COUNT] = {
      [LAUNCH_CLOSE_FDS_UNSHARE] = "close_range-unshare",
      [LAUNCH_CLOSE_FDS_RANGE] = "close_range",
      [LAUNCH_CLOSE_FDS_PROC] = "proc",
      [LAUNCH_CLOSE_FDS_NONE] = "none",
  };

  return names[close_fds];
}

const char *launch_pidfd_name(enum launch_pidfd pidfd) {
  static const char *const names[LAUNCH_PIDFD_COUNT] = {
      [LAUNCH_PIDFD_CLONE] = "clone",
      [LAUNCH_PIDFD_NONE] = "none",
  };

  return names[pidfd];
}

const char *launch_syscalls_name(enum launch_syscalls syscalls) {
  static const char *const names[LAUNCH_SYSCALLS_COUNT] = {
      [LAUNCH_SYSCALLS_DIRECT] = "direct",
      [LAUNCH_SYSCALLS_LIBC] = "libc",
  };

  return names[syscalls];
}
