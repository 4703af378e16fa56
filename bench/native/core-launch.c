/*
 * core-launch.c: core-launch, and what sampler.h says
 *
 * Times a launch by the core of this library and the end of the program, as vfork-launch.c does for other methods.
 */
#include <err.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../src-native/core/launch.h"
#include "sampler.h"

struct core_launch {
  struct launch_context *context;
  struct launch_child child;
};

static int start(const char *program, void *userdata) {
  static const struct launch_fd stdio[] = {{0, 0}, {1, 1}, {2, 2}};
  struct core_launch *core = userdata;
  char *slots[] = {NULL, (char *)program, NULL};
  struct launch_plan plan = {
      .file = program,
      .argv = slots + 1,
      .envp = environ,
      .fds = stdio,
      .fd_count = sizeof stdio / sizeof stdio[0],
  };
  struct launch_error error;
  return launch(core->context, &plan, &core->child, &error);
}

static int wait_for_end(void *userdata) {
  const struct launch_child *child = &((struct core_launch *)userdata)->child;
  siginfo_t info;
  if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOWAIT | __WALL) < 0) return -errno;
  struct launch_exit end;
  int reaped = launch_reap(child, &end);
  if (child->pidfd >= 0) close(child->pidfd);
  if (reaped < 0) return reaped;
  return end.lost || end.signal != 0 ? -ECHILD : end.code;
}

int main(int argc, char **argv) {
  struct core_launch core;
  if (launch_context_open(&core.context) < 0) errx(1, "launch_context_open");
  sample(argc, argv, &(struct launcher){start, wait_for_end, &core});
  launch_context_close(core.context);
  return 0;
}
