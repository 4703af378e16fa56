#include "../child.h"

struct kernel_rlimit {
  uint64_t soft, hard;
};

static int set_limit(int resource, const struct kernel_rlimit *limit) {
  return (int)launch__sys(SYS_prlimit64, 0, resource, limit, NULL);
}

static int get_limit(int resource, struct kernel_rlimit *limit) {
  return (int)launch__sys(SYS_prlimit64, 0, resource, NULL, limit);
}

static int apply(const struct launch__run *run, const struct launch_rlimit *asked) {
  struct kernel_rlimit limit = {asked->soft, asked->hard}, now;
  int error;

  if (!asked->set_soft || !asked->set_hard) {
    error = (int)launch__replaceable_sys(run, SYS_prlimit64, 0, asked->resource, NULL, &now);
    if (error != 0) return error;
    if (!asked->set_soft) limit.soft = now.soft;
    if (!asked->set_hard) limit.hard = now.hard;
  }
  return (int)launch__replaceable_sys(run, SYS_prlimit64, 0, asked->resource, &limit, NULL);
}

/*
 * Raises the child's soft limit until launch__set_rlimits() restores it. Descriptors above a limit that was lowered stay open,
 * but no descriptor can be placed there. If the kernel refuses (a filter, or fs.nr_open below the limit), placing fails for
 * the few children that need it.
 */
void launch__raise_nofile(struct launch__run *run) {
  struct kernel_rlimit now = {0}, raised;

  (void)get_limit(RLIMIT_NOFILE, &now);
  raised = (struct kernel_rlimit){now.hard, now.hard};
  run->nofile_soft = now.soft;
  run->nofile_hard = now.hard;
  run->nofile_raised = now.soft < now.hard && set_limit(RLIMIT_NOFILE, &raised) == 0;
}

static int restore_nofile(const struct launch__run *run) {
  struct kernel_rlimit nofile = {run->nofile_soft, run->nofile_hard};

  return run->nofile_raised ? set_limit(RLIMIT_NOFILE, &nofile) : 0;
}

int launch__set_rlimits(struct launch__run *run) {
  int error = restore_nofile(run);

  if (error != 0) return error;
  for (size_t i = 0; i < run->plan->rlimit_count; i++) {
    run->status->rlimit_resource = run->plan->rlimits[i].resource;
    if ((error = apply(run, &run->plan->rlimits[i])) != 0) return error;
  }
  run->status->rlimit_resource = 0;
  return 0;
}
