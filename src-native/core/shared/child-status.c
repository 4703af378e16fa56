#include <sys/mman.h>

#include "shared.h"

/*
 * A shared mapping, not plain memory: it reaches the parent also where the child got a copy of the address
 * space (after fork, and wherever an emulator turns vfork into fork), and it outlives a child that was
 * killed.
 */
int launch__report_open(struct launch__report **ret_report) {
  void *page = mmap(NULL, sizeof **ret_report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  if (page == MAP_FAILED) return -errno;
  *ret_report = page;
  return 0;
}

void launch__report_close(struct launch__report *report) {
  (void)munmap(report, sizeof *report);
}

void launch__report_reset(struct launch__report *report) {
  report->step = LAUNCH_STEP_CLONE;
  report->error = 0;
  report->rlimit_resource = 0;
  report->fds_received = false;
  report->deferred_stops = 0;
  report->running.word = 0;
}
