#include "../child.h"

int launch__set_umask(struct launch__run *run) {
  if (run->plan->set_umask) (void)launch__replaceable_sys(run, SYS_umask, run->plan->umask);
  return 0;
}
