#include <sys/mman.h>

#include "parent.h"

/*
 * Maps shared memory: the status reaches the parent even if the child has a copy of the address space (after fork, and where an
 * emulator turns vfork into fork), and it outlives a child that is killed.
 */
int launch__child_status_open(struct launch__child_status **ret_status) {
  void *page = mmap(NULL, sizeof **ret_status, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  if (page == MAP_FAILED) return -errno;
  *ret_status = page;
  return 0;
}

void launch__child_status_close(struct launch__child_status *status) {
  (void)munmap(status, sizeof *status);
}

void launch__child_status_reset(struct launch__child_status *status) {
  status->step = LAUNCH_STEP_CLONE;
  status->error = 0;
  status->rlimit_resource = 0;
  status->fds_received = false;
  status->deferred_stops = 0;
  status->running.word = 0;
}
