#include <poll.h>
#include <signal.h>

#include "probe.h"

static bool is_readable(int pidfd) {
  struct pollfd poll_fd = {.fd = pidfd, .events = POLLIN};
  int ready;

  do
    ready = poll(&poll_fd, 1, -1);
  while (ready < 0 && errno == EINTR);
  return ready == 1 && (poll_fd.revents & POLLIN) != 0;
}

/* An event loop can wait for a child only if its pidfd becomes readable (Linux 5.3; 5.2 has pidfds that do not). */
static bool finish_probe(const struct launch_child *child) {
  bool useful = child->pidfd >= 0 && is_readable(child->pidfd);

  (void)launch__reap(child->pid);
  if (child->pidfd >= 0) (void)close(child->pidfd);
  return useful;
}

/* Passes a descriptor, clones, takes a table of its own, places the descriptor and closes the rest. */
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
      .own_memory = launch__deaths_kill_sharers(),
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

/*
 * A lack of memory, a full table, or a signal that another process has sent to the child says nothing about the kernel: the
 * next launch asks again.
 */
static bool is_conclusive(const struct launch_error *error) {
  return error->step == LAUNCH_STEP_CLOSE_FDS && (error->signal == 0 || error->signal == SIGSYS);
}

bool launch__probe_by_launching(struct launch_context *context, struct launch__method *method,
                                struct launch_capabilities *found) {
  struct launch_error error = {0};
  bool pidfd_useful = false;
  int result;

  while ((result = attempt_probe(context, method, &pidfd_useful, &error)) != 0) {
    if (!launch__fall_back(method, &error)) break;
    launch__note_method(found, method, error.error);
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
