#include "child.h"

#ifdef LAUNCH_TEST_HOOKS
#  include <linux/futex.h>
#  include <sched.h>
#endif

/*
 * All steps of a child, in order. A user of Node can see the order of libuv: session, descriptors, directory, ids, mask. The
 * other descriptors are closed before any step that can block (chdir or execve on a file system that hangs), or another
 * thread's pipe would get no EOF meanwhile. Limits follow every step that opens a file, and precede the ids that may no longer
 * raise them. The parent-death signal comes after the ids, since a change of ids clears it.
 */
/* clang-format off: a row a step */
static const struct {
  enum launch_step name;
  int (*run)(struct launch__run *);
} steps[] = {
    {LAUNCH_STEP_CGROUP, launch__join_cgroup},
    {LAUNCH_STEP_SIGNALS, launch__reset_signals},
    {LAUNCH_STEP_SESSION, launch__new_session},
    {LAUNCH_STEP_PROCESS_GROUP, launch__set_process_group},
    {LAUNCH_STEP_CLOSE_FDS, launch__own_table},
    {LAUNCH_STEP_CLOSE_FDS, launch__receive_fds},
    {LAUNCH_STEP_STDIO, launch__place_fds},
    {LAUNCH_STEP_CLOSE_FDS, launch__close_other_fds},
    {LAUNCH_STEP_OOM_SCORE_ADJ, launch__set_oom_score_adj},
    {LAUNCH_STEP_UMASK, launch__set_umask},
    {LAUNCH_STEP_NICE, launch__set_nice},
    {LAUNCH_STEP_RLIMIT, launch__set_rlimits},
    {LAUNCH_STEP_CWD, launch__change_directory},
    {LAUNCH_STEP_GROUPS, launch__set_groups},
    {LAUNCH_STEP_GID, launch__set_gid},
    {LAUNCH_STEP_UID, launch__set_uid},
    {LAUNCH_STEP_NO_NEW_PRIVILEGES, launch__forbid_new_privileges},
    {LAUNCH_STEP_DEATH_SIGNAL, launch__set_death_signal},
    {LAUNCH_STEP_CLOSE_FDS, launch__close_what_tools_opened},
    {LAUNCH_STEP_SIGNAL_MASK, launch__set_signal_mask},
    {LAUNCH_STEP_EXEC, launch__exec},
};
/* clang-format on */

/* A step that is wanted always, or that shares its file with such a step, decides by itself. */
static bool is_wanted(const struct launch__run *run, enum launch_step step) {
  const struct launch_plan *plan = run->plan;

  switch (step) {
  case LAUNCH_STEP_CGROUP:
    return run->cgroup_procs >= 0;
  case LAUNCH_STEP_SESSION:
    return plan->new_session;
  case LAUNCH_STEP_PROCESS_GROUP:
    return plan->set_process_group;
  case LAUNCH_STEP_OOM_SCORE_ADJ:
    return plan->set_oom_score_adj;
  case LAUNCH_STEP_UMASK:
    return plan->set_umask;
  case LAUNCH_STEP_NICE:
    return plan->set_nice;
  case LAUNCH_STEP_CWD:
    return run->cwd != NULL;
  case LAUNCH_STEP_GROUPS:
    return plan->set_groups || plan->set_uid || plan->set_gid;
  case LAUNCH_STEP_GID:
    return plan->set_gid;
  case LAUNCH_STEP_UID:
    return plan->set_uid;
  case LAUNCH_STEP_NO_NEW_PRIVILEGES:
    return plan->no_new_privileges;
  case LAUNCH_STEP_DEATH_SIGNAL:
    return plan->death_signal != 0;
  default:
    return true;
  }
}

#ifdef LAUNCH_TEST_HOOKS
void launch__test_hook(struct launch__child_status *status, enum launch_test_hook hook) {
  int armed = HOOK_ARMED;

  status->hook_pid = (int)launch__sys(SYS_getpid);
  if (!atomic_compare_exchange_strong(&status->hooks[hook], &armed, HOOK_REACHED)) return;
  while (status->hooks[hook] == HOOK_REACHED)
    (void)launch__sys(SYS_futex, &status->hooks[hook], FUTEX_WAIT, HOOK_REACHED, NULL, NULL, 0);
}

static int injected_failure(const struct launch__child_status *status, enum launch_step step) {
  if (status->fail_step != (int)step) return 0;
  if (status->fail_signal != 0) {
    uint64_t none = 0;
    (void)launch__sys(SYS_rt_sigprocmask, 2 /* SIG_SETMASK */, &none, NULL, sizeof none);
    (void)launch__sys(SYS_kill, launch__sys(SYS_getpid), status->fail_signal);
  }
  return status->fail_error;
}
#endif

static int run_step(size_t index, struct launch__run *run) {
  run->status->step = steps[index].name;
#ifdef LAUNCH_TEST_HOOKS
  int injected = injected_failure(run->status, steps[index].name);
  if (injected != 0) return injected;
#endif
  return is_wanted(run, steps[index].name) ? steps[index].run(run) : 0;
}

/* A probe ends after the step that closes descriptors. */
static bool is_done(const struct launch__run *run, size_t index) {
  return run->probe_fd >= 0 && steps[index].name > LAUNCH_STEP_CLOSE_FDS;
}

/* libc's exit() would run handlers and flush buffers that belong to the parent. */
static _Noreturn void leave(void) {
  for (;;)
    (void)launch__sys(SYS_exit_group, 127);
}

static _Noreturn void fail(struct launch__run *run, int error) {
  run->status->error = error;
  leave();
}

/* Needed if the parent waits neither in vfork nor for the end of a pipe. */
static void tell_parent_of_end(struct launch__run *run) {
  int error;

  if (!run->without_vfork || run->exec_status_writer >= 0) return;
  error = launch__begin_running(&run->status->running);
  if (error != 0) fail(run, error);
}

int launch__child(void *argument) {
  struct launch__run *run = argument;

  tell_parent_of_end(run);
  for (size_t i = 0; i < sizeof steps / sizeof *steps && !is_done(run, i); i++) {
    int error = run_step(i, run);
    if (error != 0) fail(run, error);
  }
  run->status->step = LAUNCH_STEP_EXEC;
  leave();
}
