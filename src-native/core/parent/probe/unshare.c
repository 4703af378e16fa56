#include <fcntl.h>
#include <sched.h>

#include "../../child/child.h"
#include "probe.h"

enum { FIRST_CLOSED = 64, END = 2 * FIRST_CLOSED }; /* the kernel copies tables in units of 64 descriptors */

/* The first number above the copied part must be free in the new table. */
static int unshare_and_open(void *argument) {
  int *error = argument;
  long result = launch__sys(SYS_close_range, FIRST_CLOSED, ~0U, CLOSE_RANGE_UNSHARE);

  if (result == 0) result = launch__sys(SYS_fcntl, FIRST_CLOSED - 1, F_DUPFD_CLOEXEC, FIRST_CLOSED);
  if (result >= 0) result = result == FIRST_CLOSED ? 0 : -ENOSYS;
  *error = (int)result;
  return 0;
}

/* Uses the units on both sides of the border, the upper one completely. */
static long fill_table(int probe_fd) {
  struct launch__run limits = {0};
  long result = 0;

  launch__raise_nofile(&limits);
  for (int fd = FIRST_CLOSED - 1; result >= 0 && fd < END; fd++)
    if (fd != probe_fd) result = launch__sys(LAUNCH__SYS_DUP2, probe_fd, fd, 0);
  return result;
}

/*
 * A kernel that reports success and does nothing would let the child close its parent's descriptors. Linux 5.9 to 6.10, and
 * stable branches until August 2024 (CVE-2024-45025), copy the table but leave closed numbers marked as taken if the parent
 * uses a whole unit: the program can't get those numbers, and no descriptor at all at its limit. The child tries both with a
 * grandchild in the role of a child.
 *
 * The child makes the call alone first: if a filter kills a grandchild for it, and the child with it, the grandchild would
 * stay unreaped.
 */
int launch__try_unsharing(char *stack, int probe_fd) {
  int error = 0;
  struct launch__clone request = {
      .flags = CLONE_VM | CLONE_VFORK | CLONE_FILES,
      .entry = unshare_and_open,
      .argument = &error,
      .cgroup = -1,
  };
  long result = launch__sys(SYS_close_range, ~0U, ~0U, CLOSE_RANGE_UNSHARE);

  if (result >= 0) result = fill_table(probe_fd);
  if (result >= 0) result = launch__clone(stack, &request);
  if (result <= 0) return (int)result;
  (void)launch__reap((pid_t)result);
  /* If the kernel did not unshare the table, the grandchild has closed the descriptors of this process too. */
  return launch__sys(SYS_fcntl, END - 1, F_GETFD) < 0 ? -ENOSYS : error;
}
