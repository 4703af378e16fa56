#include "helpers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#include "launch.h"

/*
 * helper launch SOURCE [UID]: one launch of true(1), after the probes, for a tracer to watch between the marks. Its
 * stdout comes from this number.
 */
static int launch_once(char **arguments) {
  char *argv[] = {NULL, "true", NULL}, *envp[] = {NULL};
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, dup2(1, atoi(arguments[0]))}, {2, 2}};
  struct launch_plan plan = {.file = "/bin/true", .argv = argv + 1, .envp = envp, .fds = fds, .fd_count = 3};
  struct launch_context *context;
  struct launch_capabilities capabilities;
  struct launch_child child;
  struct launch_error error;
  struct launch_exit ending;

  if (arguments[1] != NULL) {
    plan.set_uid = true;
    plan.uid = (uid_t)atoi(arguments[1]);
  }
  if (launch_context_open(&context) != 0) return 1;
  launch_probe(context, &capabilities);
  (void)chdir("/begin-launch");
  if (launch(context, &plan, &child, &error) != 0) return 2;
  (void)chdir("/end-launch");
  while (launch_reap(&child, &ending) == 0)
    usleep(1000);
  launch_context_close(context);
  return ending.code;
}

/* helper probe [old]: the probes, between the same marks; as on an old kernel, by what uname(2) tells. */
static int probe_once(char **arguments) {
  struct launch_context *context;
  struct launch_capabilities capabilities;

  if (arguments[0] != NULL && personality(UNAME26) < 0) return 1;
  if (launch_context_open(&context) != 0) return 2;
  (void)chdir("/begin-launch");
  launch_probe(context, &capabilities);
  (void)chdir("/end-launch");
  launch_context_close(context);
  return capabilities.probed ? 0 : 3;
}

static int launch_and_wait(struct launch_context *context, const struct launch_plan *plan) {
  struct launch_child child;
  struct launch_error error;
  struct launch_exit ending;
  if (launch(context, plan, &child, &error) != 0) return error.error;
  while (launch_reap(&child, &ending) == 0)
    usleep(1000);
  if (child.pidfd >= 0) close(child.pidfd);
  return ending.code;
}

/* helper tidy: launches that succeed and launches that fail; whoever counts descriptors finds 0-2 at exit. */
static int end_tidily(void) {
  char *argv[] = {NULL, "true", NULL}, *envp[] = {NULL};
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, 1}, {2, 2}};
  struct launch_plan plan = {.argv = argv + 1, .envp = envp, .fds = fds, .fd_count = 3};
  for (int round = 0; round < 3; round++) {
    struct launch_context *context;
    if (launch_context_open(&context) != 0) return 1;
    plan.file = "/bin/true";
    if (launch_and_wait(context, &plan) != 0) return 2;
    plan.file = "/no/such/program";
    if (launch_and_wait(context, &plan) != -ENOENT) return 3;
    launch_context_close(context);
  }
  return 0;
}

int run_helper(char **arguments) {
  if (strcmp(arguments[0], "launch") == 0) return launch_once(arguments + 1);
  if (strcmp(arguments[0], "probe") == 0) return probe_once(arguments + 1);
  if (strcmp(arguments[0], "tidy") == 0) return end_tidily();
  fprintf(stderr, "no helper %s\n", arguments[0]);
  return 64;
}
