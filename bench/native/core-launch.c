/*
 * core-launch.c: core-launch WITNESS TARGET SAMPLES MILLISECONDS
 *
 * Times a launch by the core of this library and the end of the program, as close-loop.c does for other methods.
 */
#include <err.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../src-native/core/launch.h"
#include "sampler.h"

static int wait_for(const struct launch_child *child) {
  siginfo_t info;
  if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOWAIT | __WALL) < 0) return -errno;
  struct launch_exit end;
  int reaped = launch_reap(child, &end);
  if (child->pidfd >= 0) close(child->pidfd);
  if (reaped < 0) return reaped;
  return end.lost || end.signal != 0 ? -ECHILD : end.code;
}

static int start(const char *program, void *userdata) {
  static const struct launch_fd stdio[] = {{0, 0}, {1, 1}, {2, 2}};
  char *slots[] = {NULL, (char *)program, NULL};
  struct launch_plan plan = {
      .file = program,
      .argv = slots + 1,
      .envp = environ,
      .fds = stdio,
      .fd_count = sizeof stdio / sizeof stdio[0],
  };
  struct launch_child child;
  struct launch_error error;
  int result = launch(userdata, &plan, &child, &error);
  return result < 0 ? result : wait_for(&child);
}

int main(int argc, char **argv) {
  struct launch_context *context;
  if (launch_context_open(&context) < 0) errx(1, "launch_context_open");
  struct sampling sampling = sampling_of(argc, argv);
  sample(start, context, &sampling);
  launch_context_close(context);
  return 0;
}
