#include "../child.h"

/*
 * Another thread of the parent can replace the file on any number while the table is shared. The child therefore checks the
 * file before it writes.
 */
int launch__join_cgroup(struct launch__run *run) {
  long written;

#ifdef LAUNCH_TEST_HOOKS
  launch__test_hook(run->status, LAUNCH_TEST_HOOK_JOIN);
#endif
  if (!launch__is_cgroup(run->cgroup_procs)) return -EBADF;
  written = launch__sys(SYS_write, run->cgroup_procs, "0", 1); /* 0: the writer */
  return written < 0 ? (int)written : 0;
}
