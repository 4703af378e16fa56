#include <sched.h>

#include "probe.h"

static int store(void *argument) {
  *(volatile bool *)argument = true;
  return 0;
}

/*
 * QEMU's user mode and valgrind turn vfork into fork, and WSL 1 does not wait. This question comes first and uses these two
 * flags alone: valgrind ends a process that calls clone with a set of flags it does not know, such as one with CLONE_FILES.
 */
int launch__probe_vfork(struct launch_context *context) {
  volatile bool stored = false;
  long pid = launch__clone_probe(context, CLONE_VM | CLONE_VFORK, store, (void *)&stored);
  bool seen = stored;

  if (pid < 0) return (int)pid;
  (void)launch__reap((pid_t)pid);
  return seen ? 0 : -ENOSYS;
}
