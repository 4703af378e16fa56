#include <sys/prctl.h>

#include "../child.h"

/*
 * The kernel's calls change this task alone. libc's functions signal every other thread to make the same call, and these are
 * threads of the parent.
 */

/*
 * Requested groups must be set, an empty list too. Otherwise the child drops its groups if it is permitted, as libuv does: an
 * unprivileged caller may keep its own ids.
 */
int launch__set_groups(struct launch__run *run) {
  const struct launch_plan *plan = run->plan;

  if (plan->set_groups)
    return (int)launch__replaceable_sys(run, SYS_setgroups, plan->group_count, plan->groups);
  (void)launch__replaceable_sys(run, SYS_setgroups, 0, NULL);
  return 0;
}

int launch__set_gid(struct launch__run *run) {
  return (int)launch__replaceable_sys(run, SYS_setgid, run->plan->gid);
}

int launch__set_uid(struct launch__run *run) {
  return (int)launch__replaceable_sys(run, SYS_setuid, run->plan->uid);
}

int launch__forbid_new_privileges(struct launch__run *run) {
  return (int)launch__replaceable_sys(run, SYS_prctl, PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
}

/* The kernel sends no signal for a parent that died before prctl(2). In a new PID namespace, the parent is 0. */
static bool parent_is_dead(const struct launch__run *run) {
  long parent = launch__sys(SYS_getppid);

  return parent != 0 && parent != run->parent;
}

int launch__set_death_signal(struct launch__run *run) {
  long signal = run->plan->death_signal;
  long result = launch__replaceable_sys(run, SYS_prctl, PR_SET_PDEATHSIG, signal, 0L, 0L, 0L);

  if (result != 0) return (int)result;
  return parent_is_dead(run) ? -EOWNERDEAD : 0;
}
