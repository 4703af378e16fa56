/* Resource limits of the child. */
#include <sys/time.h>
#include <unistd.h>

#include "fixture.h"
#include "parent-state.h"

static const struct launch_fd nulls[] = {{0, LAUNCH_FD_NULL}, {1, LAUNCH_FD_NULL}, {2, LAUNCH_FD_NULL}};

static void give_limits(struct probe *probe, const struct launch_rlimit *limits, size_t count) {
  probe_init(probe);
  probe_give(probe, nulls, COUNT(nulls));
  probe->plan.rlimits = limits;
  probe->plan.rlimit_count = count;
}

static struct probe_report run_with(struct launch_context *context, const struct launch_rlimit *limits,
                                    size_t count) {
  static struct parent_state before;
  struct probe probe;
  struct probe_report report;
  parent_state_take(&before, context);
  give_limits(&probe, limits, count);
  probe_run(context, &probe, &report);
  EXPECT_EXACT(&report, nulls, COUNT(nulls));
  EXPECT_UNCHANGED(&before, context);
  return report;
}

static struct launch_rlimit both(int resource, uint64_t soft, uint64_t hard) {
  return (struct launch_rlimit){
      .resource = resource, .set_soft = true, .set_hard = true, .soft = soft, .hard = hard};
}
static struct launch_rlimit soft_only(int resource, uint64_t soft) {
  return (struct launch_rlimit){.resource = resource, .set_soft = true, .soft = soft};
}
static struct launch_rlimit hard_only(int resource, uint64_t hard) {
  return (struct launch_rlimit){.resource = resource, .set_hard = true, .hard = hard};
}

static void expect_limit(const struct probe_report *report, int resource, uint64_t soft, uint64_t hard) {
  ASSERT_EQ(report->soft[resource], soft);
  ASSERT_EQ(report->hard[resource], hard);
}

static void check_limits(struct launch_context *context) {
  struct rlimit now;
  CHECKED(getrlimit(RLIMIT_NOFILE, &now));
  const struct launch_rlimit limits[] = {both(RLIMIT_NOFILE, 100, 200), both(RLIMIT_CORE, 0, 0),
                                         both(RLIMIT_FSIZE, 1 << 20, RLIM_INFINITY),
                                         soft_only(RLIMIT_CPU, 1000), hard_only(RLIMIT_MEMLOCK, 4 << 20)};
  struct probe_report report = run_with(context, limits, COUNT(limits));
  expect_limit(&report, RLIMIT_NOFILE, 100, 200);
  expect_limit(&report, RLIMIT_CORE, 0, 0);
  expect_limit(&report, RLIMIT_FSIZE, 1 << 20, RLIM_INFINITY);
  expect_limit(&report, RLIMIT_CPU, 1000, RLIM_INFINITY);
  expect_limit(&report, RLIMIT_MEMLOCK, 1 << 20, 4 << 20);

  const struct launch_rlimit soft = soft_only(RLIMIT_NOFILE, 77), hard = hard_only(RLIMIT_NOFILE, 1500);
  report = run_with(context, &soft, 1);
  expect_limit(&report, RLIMIT_NOFILE, 77, now.rlim_max);
  report = run_with(context, &hard, 1);
  expect_limit(&report, RLIMIT_NOFILE, now.rlim_cur, 1500);
  report = run_with(context, NULL, 0);
  expect_limit(&report, RLIMIT_NOFILE, now.rlim_cur, now.rlim_max);
}

TEST(limits_are_in_force_when_the_program_starts, NOT_VALGRIND) {
  const struct rlimit memlock = {1 << 20, 8 << 20};
  allow_fds_up_to(2000);
  set_soft_nofile(1000);
  CHECKED(setrlimit(RLIMIT_MEMLOCK, &memlock));
  in_every_way(check_limits);
}

static void check_small_nofile(struct launch_context *context) {
  for (uint64_t nofile = 1; nofile <= 4; nofile++) {
    const struct launch_rlimit limit = both(RLIMIT_NOFILE, nofile, nofile);
    const struct probe_report report = run_with(context, &limit, 1);
    expect_limit(&report, RLIMIT_NOFILE, nofile, nofile);
  }
}

/* Nothing may be opened after it, and what is open stays. */
TEST(limit_of_descriptors_can_be_below_those_given, NOT_VALGRIND) {
  in_every_way(check_small_nofile);
}

static void check_bad_limit(struct launch_context *context, struct launch_rlimit limit, int error_number) {
  const struct launch_rlimit limits[] = {both(RLIMIT_CORE, 0, 0), limit};
  struct probe probe;
  give_limits(&probe, limits, COUNT(limits));
  const struct launch_error error = launch_failing(context, &probe.plan);
  EXPECT_ERROR(error, LAUNCH_STEP_RLIMIT, error_number);
  ASSERT_EQ(error.rlimit_resource, limit.resource);
}

static void check_bad_limits(struct launch_context *context) {
  check_bad_limit(context, both(RLIMIT_NOFILE, 20, 10), EINVAL);
  check_bad_limit(context, both(RLIMIT_NOFILE, RLIM_INFINITY, RLIM_INFINITY), EPERM);
  check_bad_limit(context, both(99, 1, 1), EINVAL);
  check_bad_limit(context, hard_only(RLIMIT_FSIZE, 1), EINVAL);
}

TEST(refused_limit_fails_the_launch, ANYWHERE) {
  in_every_way(check_bad_limits);
}

/* Static and silent: with such a limit neither libraries nor a report could be opened. */
static void check_lowered_to(struct launch_context *context, rlim_t soft) {
  struct probe probe;
  struct launch_child child;
  struct launch_error error;
  give_limits(&probe, NULL, 0);
  probe.argv[1] = "-";
  set_soft_nofile(soft);
  const int result = launch(context, &probe.plan, &child, &error);
  set_soft_nofile(100);
  if (result == 0) {
    expect_exit_code(&child, 0);
    return;
  }
  /* No number is left for the pidfd, or for the pipe of the fork mode. */
  ASSERT_LT(soft, 12);
  EXPECT_ERROR(error, LAUNCH_STEP_CLONE, EMFILE);
  expect_no_children();
}

static void check_lowered(struct launch_context *context) {
  for (rlim_t soft = 0; soft <= 20; soft++)
    check_lowered_to(context, soft);
}

TEST(soft_limit_of_the_caller_can_be_zero, NATIVE) {
  in_every_way(check_lowered);
}
