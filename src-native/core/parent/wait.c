#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "parent.h"

enum { WAIT_PIDFD = 3 }; /* P_PIDFD of waitid(2), Linux 5.4; an enumerator in some libcs, absent in others */

int launch_signal(const struct launch_child *child, int signal) {
  if (child->pidfd >= 0 && !child->signal_by_pid) {
    long result = launch__sys(SYS_pidfd_send_signal, child->pidfd, signal, NULL, 0);
    if (result == 0 || result == -ESRCH || result == -EINVAL) return (int)result;
  }
  return (int)launch__sys(SYS_kill, child->pid, signal);
}

static void decode(const siginfo_t *info, struct launch_exit *ret_exit) {
  bool exited = info->si_code == CLD_EXITED;

  ret_exit->code = exited ? info->si_status : 0;
  ret_exit->signal = exited ? 0 : info->si_status;
  ret_exit->core_dumped = info->si_code == CLD_DUMPED;
}

static void decode_status(int status, struct launch_exit *ret_exit) {
  ret_exit->code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  ret_exit->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  ret_exit->core_dumped = WIFSIGNALED(status) && WCOREDUMP(status);
}

/* ---- a status that other code took ------------------------------------------------------------ */

struct pidfd_info { /* Linux 6.13; ioctl_pidfd(2) */
  uint64_t mask;
  uint64_t cgroup;
  uint32_t pid, tgid, ppid, ids[8];
  int32_t exit_code;
};

#define PIDFD_GET_INFO  _IOWR(0xFF, 11, struct pidfd_info)
#define PIDFD_INFO_EXIT (UINT64_C(1) << 3) /* Linux 6.15 */

/* A pidfd keeps the exit status of its process, even if other code has waited for it. */
static bool recover(int pidfd, struct launch_exit *ret_exit) {
  struct pidfd_info info = {.mask = PIDFD_INFO_EXIT};

  if (pidfd < 0 || launch__sys(SYS_ioctl, pidfd, PIDFD_GET_INFO, &info) != 0 ||
      (info.mask & PIDFD_INFO_EXIT) == 0)
    return false;
  decode_status(info.exit_code, ret_exit);
  return true;
}

/* ---- waiting: each returns 1 and writes *ret_exit, or 0 while the child runs, or a negative errno -- */

static int wait_by_waitid(int id_type, int id, int options, struct launch_exit *ret_exit) {
  siginfo_t info = {0};
  struct rusage usage;
  long result = launch__sys(SYS_waitid, id_type, id, &info, WEXITED | __WALL | options, &usage);

  /* An event loop makes the pidfd non-blocking, which turns "not yet" into EAGAIN. */
  if (result == -EAGAIN) return 0;
  if (result != 0) return (int)result;
  if (info.si_pid == 0) return 0;
  decode(&info, ret_exit);
  ret_exit->usage = usage;
  return 1;
}

static int wait_by_wait4(pid_t pid, int options, struct launch_exit *ret_exit) {
  struct rusage usage;
  int status = 0;
  long result = launch__sys(SYS_wait4, pid, &status, __WALL | options, &usage);

  if (result <= 0) return (int)result;
  decode_status(status, ret_exit);
  ret_exit->usage = usage;
  return 1;
}

/* A seccomp filter may refuse either call. The kernel's own answer is final. */
static bool is_answer(int result) {
  return result >= 0 || result == -ECHILD || result == -EINTR;
}

static int wait_by_pid(pid_t pid, int options, struct launch_exit *ret_exit) {
  int result = wait_by_wait4(pid, options, ret_exit);

  return is_answer(result) ? result : wait_by_waitid(P_PID, pid, options, ret_exit);
}

/*
 * A wait by pidfd can't reap another process, but a pid that other code has reaped may belong to a new child. The pid is
 * used only if P_PIDFD is missing or forbidden.
 */
static int wait_child(const struct launch_child *child, int options, struct launch_exit *ret_exit) {
  if (child->pidfd >= 0) {
    int result = wait_by_waitid(WAIT_PIDFD, child->pidfd, WNOHANG | options, ret_exit);
    if (is_answer(result)) return result;
  }
  return wait_by_pid(child->pid, WNOHANG | options, ret_exit);
}

int launch__reap(pid_t pid) {
  struct launch_exit end = {0};
  int result;

  do
    result = wait_by_pid(pid, 0, &end);
  while (result == -EINTR);
  return end.signal;
}

void launch_kill_group_of_dead(const struct launch_child *child) {
  struct launch_exit end;

  if (wait_child(child, WNOWAIT, &end) == 1) (void)launch__sys(SYS_kill, -child->pid, SIGKILL);
}

int launch_reap(const struct launch_child *child, struct launch_exit *ret_exit) {
  struct launch_exit end = {0};
  int result = wait_child(child, 0, &end);

  if (result == 0) return 0;
  if (result < 0) end.lost = !recover(child->pidfd, &end);
  *ret_exit = end;
  return 1;
}
