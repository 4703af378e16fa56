#include <sys/resource.h>

#include "../child.h"

int launch__new_session(struct launch__run *run) {
  long result = launch__replaceable_sys(run, SYS_setsid);

  return result < 0 ? (int)result : 0;
}

int launch__set_process_group(struct launch__run *run) {
  return (int)launch__replaceable_sys(run, SYS_setpgid, 0, run->plan->process_group);
}

int launch__set_umask(struct launch__run *run) {
  (void)launch__replaceable_sys(run, SYS_umask, run->plan->umask);
  return 0;
}

int launch__set_nice(struct launch__run *run) {
  return (int)launch__replaceable_sys(run, SYS_setpriority, PRIO_PROCESS, 0, run->plan->nice);
}
