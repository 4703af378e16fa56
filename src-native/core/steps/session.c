#include "../internal.h"

int launch__new_session(struct launch__run *run) {
  long result;

  if (!run->plan->new_session) return 0;
  result = launch__sys(SYS_setsid);
  return result < 0 ? (int)result : 0;
}
