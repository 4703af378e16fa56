#include <fcntl.h>

#include "../child.h"

/*
 * After this step the table belongs to the child alone. In the shared mode close_range(2) copies only the numbers below the
 * range, so the cost does not depend on the number of descriptors that the parent holds.
 */
int launch__own_table(struct launch__run *run) {
  if (run->method.close_fds == LAUNCH_CLOSE_FDS_UNSHARE) {
    long result = launch__sys(SYS_close_range, (unsigned)(run->max_copied_fd + 1), ~0U, CLOSE_RANGE_UNSHARE);
    if (result != 0) return (int)result;
  }
  launch__raise_nofile(run);
  return 0;
}

static size_t count_passed_fds(const struct launch__run *run) {
  size_t count = 0;

  for (size_t i = 0; i < run->plan->fd_count; i++)
    count += run->sources[i] != LAUNCH_FD_NULL;
  return count;
}

int launch__receive_fds(struct launch__run *run) {
  int fd_passing[LAUNCH__FD_PASSING_MAX];
  size_t next = 0;
  int error;

  if (!run->fds_passed) return 0;
  error = launch__fd_channel_receive(run->channel, fd_passing, count_passed_fds(run));
  if (error != 0) return error;
  run->status->fds_received = true;
  for (size_t i = 0; i < run->plan->fd_count; i++)
    if (run->sources[i] != LAUNCH_FD_NULL) run->sources[i] = fd_passing[next++];
  return 0;
}

/* Sets no close-on-exec. The table is the child's own, and a descriptor that is no target is closed with the others. */
static int open_null(const struct launch__run *run, int target) {
  return (int)launch__replaceable_sys(run, SYS_openat, AT_FDCWD, "/dev/null",
                                      target == STDIN_FILENO ? O_RDONLY : O_RDWR, 0);
}

bool launch__is_target(const struct launch_plan *plan, int fd) {
  for (size_t i = 0; i < plan->fd_count; i++)
    if (plan->fds[i].target == fd) return true;
  return false;
}

/* A duplicate that lands on a target stays there until the target's own descriptor replaces it. */
static int move_off_targets(const struct launch__run *run, int *fd) {
  long moved = -1;

  do {
    moved = launch__replaceable_sys(run, SYS_fcntl, *fd, F_DUPFD_CLOEXEC, moved + 1);
    if (moved < 0) return (int)moved;
  } while (launch__is_target(run->plan, (int)moved));
  *fd = (int)moved;
  return 0;
}

/* Moves each source off the numbers that other descriptors are about to take. */
static int clear_targets(struct launch__run *run) {
  const struct launch_plan *plan = run->plan;
  int error;

  if (launch__is_target(plan, run->exec_status_writer) &&
      (error = move_off_targets(run, &run->exec_status_writer)) != 0)
    return error;
  for (size_t i = 0; i < plan->fd_count; i++) {
    int *source = &run->sources[i];
    if (*source == LAUNCH_FD_NULL && (*source = open_null(run, plan->fds[i].target)) < 0) return *source;
    if (*source == plan->fds[i].target || !launch__is_target(plan, *source)) continue;
    if ((error = move_off_targets(run, source)) != 0) return error;
  }
  return 0;
}

/* The program does not get the descriptors that lead to it, or to its directory. */
static bool is_lent(const struct launch__run *run, int target) {
  return target == run->file_at || target == run->cwd_at;
}

/* A source that already has its number may have to lose the close-on-exec flag, or to get it. */
static int put(const struct launch__run *run, int source, int target, bool until_exec) {
  if (source != target) {
    long result = launch__replaceable_sys(run, LAUNCH__SYS_DUP2, source, target, 0);
    if (result < 0 || !until_exec) return result < 0 ? (int)result : 0;
  }
  return (int)launch__replaceable_sys(run, SYS_fcntl, target, F_SETFD, until_exec ? FD_CLOEXEC : 0);
}

/*
 * Clears O_NONBLOCK as libuv does. The parent's event loop has set it, and few programs expect non-blocking stdio.
 */
static void make_blocking(const struct launch__run *run, int fd) {
  long flags = launch__replaceable_sys(run, SYS_fcntl, fd, F_GETFL);

  if (flags >= 0 && (flags & O_NONBLOCK) != 0)
    (void)launch__replaceable_sys(run, SYS_fcntl, fd, F_SETFL, flags & ~(long)O_NONBLOCK);
}

/* Returns true for /dev/null that was opened on its target. */
static bool is_null_in_place(const struct launch__run *run, size_t index) {
  const struct launch_fd *fd = &run->plan->fds[index];

  return fd->source == LAUNCH_FD_NULL && run->sources[index] == fd->target;
}

int launch__place_fds(struct launch__run *run) {
  int error = clear_targets(run);

  for (size_t i = 0; error == 0 && i < run->plan->fd_count; i++) {
    int target = run->plan->fds[i].target;
    if (is_null_in_place(run, i)) continue;
    error = put(run, run->sources[i], target, is_lent(run, target));
    if (error == 0 && target <= STDERR_FILENO && !is_lent(run, target)) make_blocking(run, target);
  }
  return error;
}
