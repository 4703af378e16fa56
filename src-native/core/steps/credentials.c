#include "../internal.h"

/*
 * The kernel's calls act on this task alone. libc's send a signal to every other thread to make it do the
 * same, and those are threads of the parent.
 */

/* As libuv does, and as su(1) does not: best effort, since an unprivileged caller may keep its own ids. */
static void drop_supplementary_groups(void) {
  (void)launch__sys(SYS_setgroups, 0, NULL);
}

int launch__set_gid(struct launch__run *run) {
  const struct launch_plan *plan = run->plan;

  if (plan->set_uid || plan->set_gid) drop_supplementary_groups();
  return plan->set_gid ? (int)launch__sys(SYS_setgid, plan->gid) : 0;
}

int launch__set_uid(struct launch__run *run) {
  return run->plan->set_uid ? (int)launch__sys(SYS_setuid, run->plan->uid) : 0;
}
