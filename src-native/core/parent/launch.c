#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "parent.h"

/* ---- the context ----------------------------------------------------------------------------- */

int launch_context_open(struct launch_context **ret_context) {
  struct launch_context *context = calloc(1, sizeof *context);
  int error;

  if (context == NULL) return -ENOMEM;
  context->channel = (struct launch__fd_channel){.receiver = -1, .sender = -1};
  if ((error = launch__stack_open(&context->stack)) != 0) goto no_stack;
  if ((error = launch__child_status_open(&context->status)) != 0) goto no_report;
  context->owner = getpid();
  /* Opened early to get a low number. If the table is full, a launch that needs the channel tries again. */
  (void)launch__fd_channel_ensure(&context->channel);
  *ret_context = context;
  return 0;

no_report:
  launch__stack_close(context->stack);
no_stack:
  free(context);
  return error;
}

void launch_context_close(struct launch_context *context) {
  launch__fd_channel_discard(&context->channel);
  launch__child_status_close(context->status);
  launch__stack_close(context->stack);
  free(context->sources);
  free(context->fds);
  free(context);
}

size_t launch_internal_fds(const struct launch_context *context, int ret_fds[2]) {
  const int ends[] = {context->channel.receiver, context->channel.sender};
  size_t count = 0;

  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    if (launch__fd_channel_has(&context->channel, ends[i])) ret_fds[count++] = ends[i];
  return count;
}

/* ---- the launch ------------------------------------------------------------------------------ */

static int fail(struct launch_error *ret_error, enum launch_step step, int error) {
  *ret_error = (struct launch_error){.error = error, .step = step};
  return error;
}

/*
 * Detects a closed source before the clone. Its number is free, so the pidfd could take it and become the child's stdin.
 */
static int check_sources(const struct launch_context *context, const struct launch_plan *plan) {
  for (size_t i = 0; i < plan->fd_count; i++) {
    int source = plan->fds[i].source;
    if (source == LAUNCH_FD_NULL) continue;
    if (launch__fd_channel_has(&context->channel, source) || fcntl(source, F_GETFD) < 0) return -EBADF;
  }
  return 0;
}

static int reserve_fds(struct launch_context *context, size_t count) {
  struct launch_fd *fds;
  int *sources;

  if (count <= context->source_capacity) return 0;
  if ((sources = realloc(context->sources, count * sizeof *sources)) == NULL) return -ENOMEM;
  context->sources = sources;
  if ((fds = realloc(context->fds, count * sizeof *fds)) == NULL) return -ENOMEM;
  context->fds = fds;
  context->source_capacity = count;
  return 0;
}

/* The child changes the sources when it moves descriptors, so each attempt starts with those of the plan. */
static void copy_sources(const struct launch_plan *plan, int *sources) {
  for (size_t i = 0; i < plan->fd_count; i++)
    sources[i] = plan->fds[i].source;
}

/* After a fork(2) without exec two processes hold the context, and would mix up their messages and child statuses. */
static int own_context(struct launch_context *context) {
  struct launch__child_status *status;
  pid_t own = getpid();
  int error;

  if (context->owner == own) return 0;
  if ((error = launch__child_status_open(&status)) != 0) return error;
  launch__child_status_close(context->status);
  context->status = status;
  launch__fd_channel_discard(&context->channel);
  context->owner = own;
  return 0;
}

/* Tries the fastest method that works on this kernel, then slower ones if this launch is refused. */
static int attempt_methods(struct launch_context *context, struct launch__run *run,
                           struct launch_child *ret_child, struct launch_error *ret_error) {
  char *name = run->plan->argv[0];
  int error;

  run->sources = context->sources;
  do {
    copy_sources(run->plan, context->sources);
    error = launch__attempt(context, run, ret_child, ret_error);
    run->plan->argv[0] = name; /* a script's child replaced it, in memory that may be shared */
  } while (error != 0 && launch__fall_back(&run->method, ret_error));
  return error;
}

/*
 * Linux counts how often cgroup.kill of a cgroup was written to, and kills a child at birth if the count of its cgroup
 * differs from that of its parent (cgroup_post_fork() in kernel/cgroup/cgroup.c).
 */
static bool was_killed_at_birth(const struct launch_error *error) {
  return error->step == LAUNCH_STEP_CLONE && error->error == -ECANCELED;
}

/* The write can take milliseconds, and the cgroup can be frozen meanwhile. vfork would block this thread as long. */
static int launch_by_joining(struct launch_context *context, struct launch__run *run,
                             struct launch_child *ret_child, struct launch_error *ret_error) {
  int error;

  run->cgroup_procs = launch__open_cgroup_procs(run->cgroup);
  if (run->cgroup_procs < 0) return fail(ret_error, LAUNCH_STEP_CGROUP, run->cgroup_procs);
  run->without_vfork = true;
  error = attempt_methods(context, run, ret_child, ret_error);
  (void)close(run->cgroup_procs);
  return error;
}

static int launch_into_cgroup(struct launch_context *context, struct launch__run *run,
                              struct launch_child *ret_child, struct launch_error *ret_error) {
  int error;

  run->cgroup = launch__open_cgroup(run->plan->cgroup);
  if (run->cgroup < 0) return fail(ret_error, LAUNCH_STEP_CGROUP, run->cgroup);
  error = run->method.syscalls == LAUNCH_SYSCALLS_LIBC ? launch_by_joining(context, run, ret_child, ret_error)
                                                       : attempt_methods(context, run, ret_child, ret_error);
  if (error != 0 && was_killed_at_birth(ret_error))
    error = launch_by_joining(context, run, ret_child, ret_error);
  (void)close(run->cgroup);
  return error;
}

static void resolve_paths(struct launch_context *context, const struct launch_plan *plan,
                          struct launch_plan *extended, struct launch__run *run, char file[PATH_MAX],
                          char cwd[PATH_MAX]) {
  struct launch__path path;

  if (plan->fd_count > 0) memcpy(context->fds, plan->fds, plan->fd_count * sizeof *plan->fds);
  extended->fds = context->fds;
  path = launch__caller_path(plan, plan->file, extended, context->fds, file);
  run->file = path.path;
  run->file_at = path.at;
  path = launch__caller_path(plan, plan->cwd, extended, context->fds, cwd);
  run->cwd = path.path;
  run->cwd_at = path.at;
}

int launch(struct launch_context *context, const struct launch_plan *plan, struct launch_child *ret_child,
           struct launch_error *ret_error) {
  char file[PATH_MAX], cwd[PATH_MAX];
  struct launch_plan extended = *plan;
  struct launch__run run = {
      .plan = &extended,
      .channel = &context->channel,
      .cgroup = -1,
      .cgroup_procs = -1,
      .exec_status_writer = -1,
      .stop_ends = {-1, -1},
      .probe_fd = -1,
  };
  int error;

  if ((error = own_context(context)) != 0) return fail(ret_error, LAUNCH_STEP_CLONE, error);
  run.status = context->status;
  run.parent = context->owner;
#ifdef LAUNCH_TEST_HOOKS
  run.always_pass_fds = context->always_pass_fds;
#endif
  run.method = launch__choose_method(context);
  if (run.method.close_fds == LAUNCH_CLOSE_FDS_NONE)
    return fail(ret_error, LAUNCH_STEP_CLOSE_FDS, context->capabilities.close_fds_error);
  if ((error = reserve_fds(context, plan->fd_count + LAUNCH__LENT_MAX)) != 0)
    return fail(ret_error, LAUNCH_STEP_CLONE, error);
  resolve_paths(context, plan, &extended, &run, file, cwd);
  if ((error = check_sources(context, &extended)) != 0) return fail(ret_error, LAUNCH_STEP_STDIO, error);
  return plan->cgroup == NULL ? attempt_methods(context, &run, ret_child, ret_error)
                              : launch_into_cgroup(context, &run, ret_child, ret_error);
}
