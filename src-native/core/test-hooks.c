/* This file is compiled into tests only: see LAUNCH_TEST_HOOKS in launch.h. */
#ifdef LAUNCH_TEST_HOOKS

#  include <limits.h>
#  include <linux/futex.h>

#  include "child/child.h"
#  include "parent/parent.h"

void launch_test_hook_arm(struct launch_context *context, enum launch_test_hook hook) {
  context->status->hooks[hook] = HOOK_ARMED;
}

bool launch_test_hook_reached(struct launch_context *context, enum launch_test_hook hook) {
  return context->status->hooks[hook] == HOOK_REACHED;
}

pid_t launch_test_hook_pid(struct launch_context *context) {
  return context->status->hook_pid;
}

void launch_test_hook_release(struct launch_context *context, enum launch_test_hook hook) {
  context->status->hooks[hook] = HOOK_OFF;
  (void)launch__sys(SYS_futex, &context->status->hooks[hook], FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void launch_fail_at(struct launch_context *context, enum launch_step step, int error, int signal) {
  context->status->fail_step = (int)step;
  context->status->fail_error = error;
  context->status->fail_signal = signal;
}

void launch_force(struct launch_context *context, enum launch_clone_mode clone_mode,
                  enum launch_close_fds close_fds, enum launch_pidfd pidfd) {
  context->capabilities = (struct launch_capabilities){
      .clone_mode = clone_mode, .close_fds = close_fds, .pidfd = pidfd, .probed = true};
}

void launch_force_fd_passing(struct launch_context *context) {
  context->always_pass_fds = true;
}

void launch_force_handlers_reset(struct launch_context *context) {
  context->capabilities.handlers_reset = true;
}

void launch_force_libc(struct launch_context *context) {
  context->capabilities.syscalls = LAUNCH_SYSCALLS_LIBC;
}

#endif
