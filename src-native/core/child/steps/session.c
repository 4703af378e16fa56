#include "../child.h"

int launch__new_session(struct launch__run *run) {
  long result;

  if (!run->plan->new_session) return 0;
  result = launch__replaceable_sys(run, SYS_setsid);
  return result < 0 ? (int)result : 0;
}

int launch__set_process_group(struct launch__run *run) {
  const struct launch_plan *plan = run->plan;

  return plan->set_process_group ? (int)launch__replaceable_sys(run, SYS_setpgid, 0, plan->process_group) : 0;
}
