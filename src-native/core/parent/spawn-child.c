#include <fcntl.h>
#include <sched.h>
#include <signal.h>

#include "../child/child.h"
#include "../shared/fd-util.h"
#include "parent.h"

static bool changes_ids(const struct launch_plan *plan) {
  return plan->set_uid || plan->set_gid || plan->set_groups;
}

/*
 * A change of uid or gid marks the address space as not dumpable (prctl(2), PR_SET_DUMPABLE), and another user could
 * then stop a process that shares the parent's memory. Such a child gets a copy of the memory; CLONE_VFORK still waits
 * for it. The kernel sets an oom_score_adj for all processes that share memory, except a child of vfork.
 */
static bool needs_own_memory(const struct launch__run *run) {
  return run->own_memory || changes_ids(run->plan) || (run->without_vfork && run->plan->set_oom_score_adj);
}

/*
 * With exit signal 0 a child that has not called execve(2) sends no SIGCHLD, and waitpid(-1) of other code does not see it;
 * execve resets the signal. If there is no pidfd, the caller needs SIGCHLD. Emulators know no other exit signal.
 */
static unsigned long clone_flags(const struct launch__run *run) {
  static const unsigned long of_mode[LAUNCH_CLONE_MODE_COUNT] = {
      [LAUNCH_CLONE_VFORK_SHARED_FDS] = CLONE_VM | CLONE_VFORK | CLONE_FILES,
      [LAUNCH_CLONE_VFORK] = CLONE_VM | CLONE_VFORK,
      [LAUNCH_CLONE_FORK] = 0,
  };
  unsigned long flags = of_mode[run->method.clone_mode];

  if (run->without_vfork) flags &= ~(unsigned long)CLONE_VFORK;
  if (needs_own_memory(run)) flags &= ~(unsigned long)CLONE_VM;
  if (run->method.pidfd == LAUNCH_PIDFD_CLONE) flags |= CLONE_PIDFD;
  if (run->method.handlers_reset) flags |= CLONE_CLEAR_SIGHAND;
  if (run->method.pidfd != LAUNCH_PIDFD_CLONE || run->method.clone_mode == LAUNCH_CLONE_FORK)
    flags |= SIGCHLD;
  return flags;
}

/* ---- the shared mode: how the sources reach the child --------------------------------------- */

/*
 * The kernel copies tables in units of 64 descriptors. A copy of 128 is cheaper than passing the sources over a socket; a copy
 * of 256 open ones costs the same.
 */
enum { LAST_TO_COPY = 127 };

/* Returns the highest descriptor that the child is given, or -1 if it is given none. */
static int highest_source(const struct launch__run *run) {
  int highest = -1;

  for (size_t i = 0; i < run->plan->fd_count; i++)
    if (run->sources[i] > highest) highest = run->sources[i];
  return highest;
}

/* Passing costs a copy of the table up to the channel's receiver, so that sources below it are copied instead. */
static bool needs_fd_passing(const struct launch__run *run, int highest) {
  if (run->method.clone_mode != LAUNCH_CLONE_VFORK_SHARED_FDS) return false;
  return run->always_pass_fds || (highest > LAST_TO_COPY && highest > run->channel->receiver);
}

/* Sends the sources that are not /dev/null, in the order of the targets. */
static int send_fds(const struct launch__run *run) {
  int fd_passing[LAUNCH__FD_PASSING_MAX];
  size_t count = 0;

  for (size_t i = 0; i < run->plan->fd_count; i++) {
    if (run->sources[i] == LAUNCH_FD_NULL) continue;
    if (count == LAUNCH__FD_PASSING_MAX) return -E2BIG;
    fd_passing[count++] = run->sources[i];
  }
  return launch__fd_channel_send(run->channel, fd_passing, count);
}

/*
 * Low sources are copied with the lowest part of the table. If one is too high, all are passed over the channel, and the
 * copy of the table ends at the channel's receiver.
 */
static int pass_sources(struct launch_context *context, struct launch__run *run) {
  int highest = highest_source(run), error;

  run->fds_passed = needs_fd_passing(run, highest);
  run->max_copied_fd = highest;
  if (!run->fds_passed) return 0;
  if ((error = launch__fd_channel_ensure(&context->channel)) != 0) return error;
  run->max_copied_fd = context->channel.receiver;
  return send_fds(run);
}

/* Descriptors that no child took must not wait for the next one. Reading them here would install them in this process. */
static void renew_channel(struct launch__fd_channel *channel) {
  launch__fd_channel_discard(channel);
  (void)launch__fd_channel_ensure(channel);
}

/* ---- the wait for execve(2) or death, where vfork does not do it ------------------------------ */

/*
 * The fork mode has a pipe whose end execve(2) and exit close, since emulators know no robust futexes. If another
 * thread forks meanwhile and does not exec, that process holds the end too, and the wait goes on until it is gone.
 */
static int open_exec_status_pipe(struct launch__run *run, int *ret_reader) {
  int ends[2];

  *ret_reader = -1;
  if (run->method.clone_mode != LAUNCH_CLONE_FORK) return 0;
  if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
  *ret_reader = ends[0];
  run->exec_status_writer = ends[1];
  return 0;
}

/* A frozen cgroup holds the thread for LOOKS checks, one every LOOK_MS milliseconds. */
#ifdef LAUNCH_TEST_HOOKS
enum { LOOK_MS = 100, LOOKS = 10 };
#else
enum { LOOK_MS = 1000, LOOKS = 10 };
#endif

/* Returns false if the freezer of the cgroup holds the child. A short freeze, as for a snapshot, only delays it. */
static bool await_exec(struct launch__run *run, int reader, const struct launch_child *child) {
  int frozen = 0;

  while (!launch__await_exec(&run->status->running, reader, child, LOOK_MS)) {
    frozen = run->cgroup_procs >= 0 && launch__is_frozen(run->cgroup) ? frozen + 1 : 0;
    if (frozen == LOOKS) return false;
  }
  return true;
}

static long clone_child(struct launch_context *context, struct launch__run *run, int *ret_pidfd) {
  struct launch__clone request = {
      .flags = clone_flags(run),
      .entry = launch__child,
      .argument = run,
      .ret_pidfd = ret_pidfd,
      .cgroup = run->cgroup_procs < 0 ? run->cgroup : -1,
  };

  if (run->method.syscalls == LAUNCH_SYSCALLS_LIBC) return launch__fork_by_libc(&request);
  return launch__clone(context->stack, &request);
}

/* ---- the result ------------------------------------------------------------------------------ */

/*
 * The child could not arrange for a stop at execve(2), for instance because no descriptor was free. If the job was stopped and
 * continued meanwhile, the stop comes late.
 */
static void resend_deferred_stops(const struct launch__child_status *status,
                                  const struct launch_child *child) {
  for (size_t i = 0; i < LAUNCH__STOP_SIGNALS; i++)
    if ((status->deferred_stops & UINT64_C(1) << (launch__stop_signals[i] - 1)) != 0)
      (void)launch_signal(child, launch__stop_signals[i]);
}

/*
 * A child that died before execve(2) and reported no error was killed: the launch has failed. A death inside execve(2) looks like
 * a death by the program's first instruction, and counts as a start, as in libuv.
 */
static bool has_started(const struct launch__child_status *status) {
  return status->error == 0 && status->step == LAUNCH_STEP_EXEC;
}

static int refused(struct launch_error *ret_error, enum launch_step step, int error) {
  *ret_error = (struct launch_error){.error = error, .step = step};
  return error;
}

static int failure(const struct launch__run *run, const struct launch_child *child,
                   struct launch_error *ret_error) {
  const struct launch__child_status *status = run->status;
  int signal = launch__reap(child->pid);

  if (child->pidfd >= 0) (void)close(child->pidfd);
  if (run->given_up) return refused(ret_error, LAUNCH_STEP_CGROUP, -EBUSY);
  *ret_error = (struct launch_error){
      .error = status->error != 0 ? status->error : -ECANCELED,
      .step = (enum launch_step)status->step,
      .rlimit_resource = status->rlimit_resource,
      .signal = status->error != 0 ? 0 : signal,
  };
  return ret_error->error;
}

/* If the cgroup thaws now, the program may run for a moment. */
static void give_up(struct launch__run *run, const struct launch_child *child) {
  run->given_up = true;
  (void)launch_signal(child, SIGKILL);
}

/* Blocks signals: if a stop signal is sent to the whole job, this thread must not stop before the child has got it. */
static long start(struct launch_context *context, struct launch__run *run, struct launch_child *ret_child) {
  uint64_t mask = launch__block_signals();
  int reader, pidfd = -1;
  long pid = open_exec_status_pipe(run, &reader);

  if (pid == 0) pid = clone_child(context, run, &pidfd);
  if (reader >= 0) (void)close(run->exec_status_writer);
  if (pid > 0) {
    /* In a full table the pidfd stays below 3, where it harms less than a child without one does. It is close-on-exec. */
    if (pidfd >= 0) (void)fd_move_above_stdio(&pidfd);
    struct launch_child child = {
        .pid = (pid_t)pid,
        .pidfd = pidfd,
        .signal_by_pid = run->method.signal_by_pid,
    };
    if ((reader >= 0 || run->without_vfork) && !await_exec(run, reader, &child))
      give_up(run, &child);
    else if (has_started(run->status))
      resend_deferred_stops(run->status, &child);
    *ret_child = child;
  }
  if (reader >= 0) (void)close(reader);
  launch__restore_signals(mask);
  return pid;
}

/*
 * Returns the step that failed. With a cgroup that is the cgroup, unless processes, memory or descriptors ran out. A cgroup
 * that has reached pids.max reports EAGAIN, so its step is the clone.
 */
static enum launch_step refused_step(const struct launch__run *run, long error) {
  return run->cgroup >= 0 && !launch__is_shortage(error) ? LAUNCH_STEP_CGROUP : LAUNCH_STEP_CLONE;
}

int launch__attempt(struct launch_context *context, struct launch__run *run, struct launch_child *ret_child,
                    struct launch_error *ret_error) {
  struct launch_child child = {.pidfd = -1};
  long pid;
  int error;

  launch__child_status_reset(run->status);
  if ((error = pass_sources(context, run)) != 0) return refused(ret_error, LAUNCH_STEP_CLOSE_FDS, error);
  pid = start(context, run, &child);
  if (pid < 0)
    error = refused(ret_error, refused_step(run, pid), (int)pid);
  else if (run->given_up || !has_started(run->status))
    error = failure(run, &child, ret_error);
  else
    *ret_child = child;
  if (run->fds_passed && !run->status->fds_received) renew_channel(&context->channel);
  return error;
}
