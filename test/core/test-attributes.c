/* What else a child can be given before its first instruction: group, umask, nice, oom score, groups, death signal. */
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "namespaces.h"
#include "parent-state.h"

enum { NOBODY = 65534, OOM_SCORE_ADJ = 321 };

static struct probe_report run_unchanged(struct launch_context *context, struct probe *probe) {
  static struct parent_state before;
  struct probe_report report;
  parent_state_take(&before, context);
  probe_run(context, probe, &report);
  EXPECT_EXACT(&report, NULL, 0);
  EXPECT_UNCHANGED(&before, context);
  return report;
}

static int own_oom_score_adj(void) {
  char text[32];
  return atoi(read_text("/proc/self/oom_score_adj", text, sizeof text));
}

static void check_attributes(struct launch_context *context) {
  const int oom_score_adj = own_oom_score_adj();
  struct probe probe;
  probe_init(&probe);
  probe.plan.set_process_group = true;
  probe.plan.set_umask = true;
  probe.plan.umask = 0157;
  probe.plan.set_nice = true;
  probe.plan.nice = 7;
  probe.plan.set_oom_score_adj = true;
  probe.plan.oom_score_adj = OOM_SCORE_ADJ;
  probe.plan.no_new_privileges = true;
  probe.plan.death_signal = SIGUSR2;
  const struct probe_report report = run_unchanged(context, &probe);
  ASSERT_EQ(report.group, report.pid);
  ASSERT_EQ(report.session, getsid(0));
  ASSERT_EQ(report.umask, 0157);
  ASSERT_EQ(report.nice, 7);
  ASSERT_EQ(report.oom_score_adj, OOM_SCORE_ADJ);
  ASSERT_EQ(report.no_new_privileges, 1);
  ASSERT_EQ(report.death_signal, SIGUSR2);
  ASSERT_EQ(own_oom_score_adj(), oom_score_adj);
}

TEST(attributes_are_the_childs_alone, NOT_VALGRIND) {
  in_every_way(check_attributes);
}

static void check_defaults(struct launch_context *context) {
  struct probe probe;
  probe_init(&probe);
  const struct probe_report report = run_unchanged(context, &probe);
  ASSERT_EQ(report.group, getpgid(0));
  ASSERT_EQ(report.umask, 0022);
  ASSERT_EQ(report.nice, getpriority(PRIO_PROCESS, 0));
  ASSERT_EQ(report.oom_score_adj, own_oom_score_adj());
  ASSERT_EQ(report.no_new_privileges, 0);
  ASSERT_EQ(report.death_signal, 0);
}

TEST(attributes_not_asked_for_are_inherited, NOT_VALGRIND) {
  if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 0) test_skip("started with no_new_privs");
  in_every_way(check_defaults);
}

/* As opening /proc needs a number, it comes before the limit. */
static void check_oom_with_small_limit(struct launch_context *context) {
  const struct launch_rlimit limit = {RLIMIT_NOFILE, true, true, 3, 3};
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, LAUNCH_FD_NULL}, {2, LAUNCH_FD_NULL}};
  struct probe probe;
  struct probe_report report;
  probe_init(&probe);
  probe_give(&probe, fds, COUNT(fds));
  probe.plan.rlimits = &limit;
  probe.plan.rlimit_count = 1;
  probe.plan.set_oom_score_adj = true;
  probe.plan.oom_score_adj = OOM_SCORE_ADJ;
  probe_run(context, &probe, &report);
  EXPECT_EXACT(&report, fds, COUNT(fds));
  ASSERT_EQ(report.hard[RLIMIT_NOFILE], 3);
}

TEST(oom_score_needs_no_free_descriptor_number, NOT_VALGRIND) {
  in_every_way(check_oom_with_small_limit);
}

static void check_joined_group(struct launch_context *context) {
  struct launch_child leader;
  struct probe probe;
  probe_init(&probe);
  probe_then(&probe, "pause");
  probe.plan.set_process_group = true;
  probe_start(context, &probe, &leader);

  probe_init(&probe);
  probe.plan.set_process_group = true;
  probe.plan.process_group = leader.pid;
  ASSERT_EQ(run_unchanged(context, &probe).group, leader.pid);
  kill_and_reap(&leader);
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_PROCESS_GROUP, EPERM);
}

TEST(process_group_can_be_joined, ANYWHERE) {
  in_every_way(check_joined_group);
}

static void check_refused(struct launch_context *context) {
  struct probe probe;
  probe_init(&probe);
  probe.plan.set_oom_score_adj = true;
  probe.plan.oom_score_adj = 1001;
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_OOM_SCORE_ADJ, EINVAL);
  probe_init(&probe);
  probe.plan.death_signal = 65;
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_DEATH_SIGNAL, EINVAL);
  probe_init(&probe);
  probe.plan.cgroup = "/no/such/cgroup";
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_CGROUP, ENOENT);
  probe.plan.cgroup = test_directory();
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_CGROUP, EINVAL);
}

TEST(refused_attribute_fails_the_launch, ANYWHERE) {
  in_every_way(check_refused);
}

/* ---- the oom score without the file that it is written to -------------------------------------------------------------- */

static void check_refused_oom_score(struct launch_context *context, int error, int rlimit_resource) {
  static struct parent_state before;
  struct probe probe;
  parent_state_take(&before, context);
  probe_init(&probe);
  probe.plan.set_oom_score_adj = true;
  probe.plan.oom_score_adj = OOM_SCORE_ADJ;
  const struct launch_error refusal = launch_failing(context, &probe.plan);
  EXPECT_ERROR(refusal, LAUNCH_STEP_OOM_SCORE_ADJ, error);
  ASSERT_EQ(refusal.rlimit_resource, rlimit_resource);
  ASSERT(!probe_has_reported(&probe));
  EXPECT_UNCHANGED(&before, context);
}

/* The launch would be a success, with the option not in force; or never return. */
TEST(oom_score_believes_procfs_only, NATIVE) {
  const int error = hide_proc();
  char text[32];
  test_without_leak_check();
  if (error != 0) test_skip("a mount namespace of our own: %s", strerror(-error));
  struct launch_context *context = open_context();
  CHECKED(mkdir("/proc/self", 0755));
  close(CHECKED(open("/proc/self/oom_score_adj", O_CREAT | O_WRONLY | O_CLOEXEC, 0666)));
  check_refused_oom_score(context, ENOENT, 0);
  ASSERT_STR_EQ(read_text("/proc/self/oom_score_adj", text, sizeof text), "");
  CHECKED(unlink("/proc/self/oom_score_adj"));
  CHECKED(mkfifo("/proc/self/oom_score_adj", 0666));
  check_refused_oom_score(context, ENXIO, 0);
  launch_context_close(context);
}

static void check_undumpable_oom_score(struct launch_context *context) {
  check_refused_oom_score(context, EACCES, 1);
}

static void check_lowered_oom_score(struct launch_context *context) {
  struct probe probe;
  probe_init(&probe);
  probe.plan.set_oom_score_adj = true;
  probe.plan.oom_score_adj = -1000;
  const struct launch_error refusal = launch_failing(context, &probe.plan);
  EXPECT_ERROR(refusal, LAUNCH_STEP_OOM_SCORE_ADJ, EACCES);
  ASSERT_EQ(refusal.rlimit_resource, 0);
}

static void launch_undumpable(void *argument) {
  (void)argument;
  test_without_leak_check();
  CHECKED(chmod(test_directory(), 0777));
  CHECKED(setgid(NOBODY));
  CHECKED(setuid(NOBODY));
  in_every_way(check_undumpable_oom_score);
  CHECKED(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
  in_every_way(check_lowered_oom_score);
}

TEST(oom_score_error_tells_not_dumpable_from_too_low, NATIVE) {
  if (geteuid() != 0) test_skip("needs root");
  in_fork(launch_undumpable, NULL);
}

/* ---- groups ---------------------------------------------------------------------------------------------------------- */

static void check_groups(struct launch_context *context) {
  static const gid_t groups[] = {10, 20, 4711};
  struct probe probe;
  probe_init(&probe);
  probe.plan.set_groups = true;
  probe.plan.groups = groups;
  probe.plan.group_count = COUNT(groups);
  struct probe_report report = run_unchanged(context, &probe);
  ASSERT_EQ(report.group_count, COUNT(groups));
  for (size_t i = 0; i < COUNT(groups); i++)
    ASSERT_EQ(report.groups[i], groups[i]);
  ASSERT_EQ(report.uids[0], 0);

  probe.plan.set_uid = probe.plan.set_gid = true;
  probe.plan.uid = probe.plan.gid = NOBODY;
  report = run_unchanged(context, &probe);
  ASSERT_EQ(report.group_count, COUNT(groups));
  ASSERT_EQ(report.uids[0], NOBODY);

  probe.plan.group_count = 0;
  ASSERT_EQ(run_unchanged(context, &probe).group_count, 0);
}

TEST(supplementary_groups_are_those_asked_for, ANYWHERE) {
  if (geteuid() != 0) test_skip("needs root");
  CHECKED(setgroups(2, (gid_t[]){1, 2}));
  in_every_way(check_groups);
}

static void check_refused_groups(struct launch_context *context) {
  struct probe probe;
  probe_init(&probe);
  probe.plan.set_groups = true;
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_GROUPS, EPERM);
}

static void launch_unprivileged(void *argument) {
  (void)argument;
  if (geteuid() == 0) {
    CHECKED(setgid(NOBODY));
    CHECKED(setuid(NOBODY));
  }
  in_every_way(check_refused_groups);
}

/* An empty list too: whoever asks for it relies on it. */
TEST(refused_groups_fail_the_launch, ANYWHERE) {
  if (geteuid() == 0) CHECKED(chmod(test_directory(), 0777));
  in_fork(launch_unprivileged, NULL);
}

/* ---- the death signal -------------------------------------------------------------------------------------------------- */

static _Noreturn void start_and_die(struct launch_context *context, struct probe *probe, int report_pid) {
  struct launch_child child;
  probe_start(context, probe, &child);
  ASSERT_EQ(write(report_pid, &child.pid, sizeof child.pid), sizeof child.pid);
  raise(SIGKILL);
  _exit(1);
}

static void check_death_signal(struct launch_context *context, bool set_uid) {
  int pipe_ends[2], status;
  pid_t child;
  struct probe probe;
  CHECKED(pipe2(pipe_ends, O_CLOEXEC));
  probe_init(&probe);
  probe_then(&probe, "pause");
  probe.plan.death_signal = SIGUSR1;
  probe.plan.set_uid = set_uid;
  probe.plan.uid = NOBODY;
  const pid_t pid = CHECKED(fork());
  if (pid == 0) start_and_die(context, &probe, pipe_ends[1]);
  ASSERT_EQ(read(pipe_ends[0], &child, sizeof child), sizeof child);
  ASSERT_EQ(waitpid(pid, NULL, 0), pid);
  EVENTUALLY(waitpid(child, &status, WNOHANG) == child);
  ASSERT(WIFSIGNALED(status));
  ASSERT_EQ(WTERMSIG(status), SIGUSR1);
  close_all(pipe_ends, 2);
}

static void check_death_signals(struct launch_context *context) {
  check_death_signal(context, false);
  if (geteuid() == 0) check_death_signal(context, true);
}

/* Also after a change of ids, which clears it. */
TEST(child_dies_with_its_caller_when_asked_to, NATIVE) {
  CHECKED(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
  in_the_main_ways(check_death_signals);
}

/* The kernel tells nobody of a death that came before. */
static void check_dead_caller(struct launch_context *context) {
  int pipe_ends[2], status;
  pid_t child;
  struct probe probe;
  CHECKED(pipe2(pipe_ends, O_CLOEXEC));
  probe_init(&probe);
  probe.plan.death_signal = SIGUSR1;
  const pid_t pid = CHECKED(fork());
  if (pid == 0) held_for_ever(context, &probe.plan, LAUNCH_TEST_HOOK_UNSHARE, pipe_ends[1]);
  ASSERT_EQ(read(pipe_ends[0], &child, sizeof child), sizeof child);
  CHECKED(kill(pid, SIGKILL));
  ASSERT_EQ(waitpid(pid, NULL, 0), pid);
  EVENTUALLY(waitpid(child, &status, WNOHANG) == child);
  ASSERT(!probe_has_reported(&probe));
  EVENTUALLY(waitpid(-1, &status, WNOHANG) < 0 && errno == ECHILD);
  close_all(pipe_ends, 2);
}

TEST(caller_that_died_early_leaves_no_program, NATIVE) {
  CHECKED(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
  in_the_main_ways(check_dead_caller);
}
