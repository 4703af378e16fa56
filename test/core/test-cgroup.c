/* Children born in a cgroup v2. Needs a hierarchy that is mounted and may be written, as root has it on most machines. */
#include <fcntl.h>
#include <linux/sched.h>
#include <mntent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "parent-state.h"
#include "seccomp.h"

static char mount_point[PATH_MAX];
static char cgroup[PATH_MAX + 64];
static char inner_cgroup[PATH_MAX + 128];

static bool find_mount(void) {
  FILE *mounts = setmntent("/proc/self/mounts", "re");
  struct mntent *entry;
  if (mounts == NULL) return false;
  while ((entry = getmntent(mounts)) != NULL && strcmp(entry->mnt_type, "cgroup2") != 0)
    continue;
  if (entry != NULL) snprintf(mount_point, sizeof mount_point, "%s", entry->mnt_dir);
  endmntent(mounts);
  return entry != NULL;
}

static void make_cgroups(void) {
  if (!find_mount()) test_skip("no cgroup v2 is mounted");
  snprintf(cgroup, sizeof cgroup, "%s/safe-spawn-test-%d", mount_point, (int)getpid());
  snprintf(inner_cgroup, sizeof inner_cgroup, "%s/inner", cgroup);
  if (mkdir(cgroup, 0755) < 0) test_skip("mkdir in %s: %s", mount_point, strerror(errno));
  CHECKED(mkdir(inner_cgroup, 0755));
}

/* A cgroup is busy for a moment after its last process was reaped. */
static void remove_cgroups(void) {
  EVENTUALLY(rmdir(inner_cgroup) == 0);
  EVENTUALLY(rmdir(cgroup) == 0);
}

static void write_control(const char *directory, const char *name, const char *text) {
  char path[PATH_MAX + 256];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  const int file = CHECKED(open(path, O_WRONLY | O_CLOEXEC));
  CHECKED(write(file, text, strlen(text)));
  close(file);
}

static void expect_member(pid_t pid) {
  char path[64], text[4096], wanted[sizeof inner_cgroup + 1];
  snprintf(path, sizeof path, "/proc/%d/cgroup", (int)pid);
  snprintf(wanted, sizeof wanted, "%s\n", inner_cgroup + strlen(mount_point));
  if (strstr(read_text(path, text, sizeof text), wanted) == NULL) FAIL("not in %s: %s", wanted, text);
}

static void check_member(struct launch_context *context) {
  static struct parent_state before;
  const struct launch_fd fds[] = {{1, 1}, {2, LAUNCH_FD_NULL}};
  struct launch_child child;
  struct probe probe;
  struct probe_report report;
  probe_init(&probe);
  probe_give(&probe, fds, COUNT(fds));
  probe_then(&probe, "pause");
  probe.plan.cgroup = inner_cgroup;
  parent_state_take(&before, context);
  probe_start(context, &probe, &child);
  if (child.pidfd >= 0) ASSERT_GE(child.pidfd, 3);
  EVENTUALLY(probe_has_reported(&probe));
  probe_read(&probe, &report);
  EXPECT_EXACT(&report, fds, COUNT(fds));
  expect_member(child.pid);
  kill_and_reap(&child);
  EXPECT_UNCHANGED(&before, context);
}

TEST(child_is_born_in_its_cgroup, NATIVE) {
  make_cgroups();
  in_every_way(check_member);
  close(0);
  in_every_way(check_member);
  remove_cgroups();
}

static void check_frozen_before(struct launch_context *context) {
  struct probe probe;
  probe_init(&probe);
  probe.plan.cgroup = inner_cgroup;
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_CGROUP, EBUSY);
}

/* Its child would never come to execve(2), and the caller with it. */
TEST(frozen_cgroup_is_refused, NATIVE) {
  make_cgroups();
  write_control(inner_cgroup, "cgroup.freeze", "1");
  in_the_main_ways(check_frozen_before);
  write_control(inner_cgroup, "cgroup.freeze", "0");
  write_control(cgroup, "cgroup.freeze", "1");
  in_the_main_ways(check_frozen_before);
  write_control(cgroup, "cgroup.freeze", "0");
  in_the_main_ways(check_member);
  remove_cgroups();
}

static void launch_without_clone3(void *argument) {
  struct launch_context *context = open_context();
  struct probe probe;
  struct probe_report report;
  ASSERT_ZERO(seccomp_install((char *[]){argument}, 1));
  probe_init(&probe);
  probe_run(context, &probe, &report);
  probe_init(&probe);
  probe.plan.cgroup = inner_cgroup;
  const struct launch_error error = launch_failing(context, &probe.plan);
  ASSERT_EQ(error.step, LAUNCH_STEP_CGROUP);
  ASSERT(!probe_has_reported(&probe));
  launch_context_close(context);
}

TEST(cgroup_without_clone3_is_an_error_of_its_own, NATIVE) {
  make_cgroups();
  in_fork(launch_without_clone3, "clone3=ENOSYS");
  in_fork(launch_without_clone3, "clone3=EPERM");
  remove_cgroups();
}

/* ---- to which cgroup.kill was written ------------------------------------------------------------------------------- */

enum { NOBODY = 65534 };

static void kill_cgroup(const char *directory) {
  char path[PATH_MAX + 256];
  snprintf(path, sizeof path, "%s/cgroup.kill", directory);
  if (access(path, F_OK) < 0) test_skip("this kernel has no cgroup.kill");
  write_control(directory, "cgroup.kill", "1");
}

static void make_killed_cgroups(void) {
  make_cgroups();
  kill_cgroup(inner_cgroup);
}

/* By the kernel alone: how does a child end that exits with 0? */
static int status_of_child_in(const char *directory, bool by_writing) {
  const int cgroup = CHECKED(open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC));
  struct clone_args args = {.exit_signal = SIGCHLD};
  int status;
  if (!by_writing) {
    args.flags = CLONE_INTO_CGROUP;
    args.cgroup = (unsigned)cgroup;
  }
  const pid_t pid = (pid_t)CHECKED(syscall(SYS_clone3, &args, sizeof args));
  if (pid == 0) {
    if (by_writing) write_control(directory, "cgroup.procs", "0");
    _exit(0);
  }
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  close(cgroup);
  return status;
}

/* A kernel that does not kill here has no need of what the other tests are about. */
TEST(kernel_kills_what_is_born_in_a_killed_cgroup, NATIVE) {
  make_cgroups();
  ASSERT_EQ(status_of_child_in(inner_cgroup, false), 0);
  kill_cgroup(inner_cgroup);
  test_note("born after cgroup.kill: wait status %d", status_of_child_in(inner_cgroup, false));
  ASSERT_EQ(status_of_child_in(inner_cgroup, true), 0);
  remove_cgroups();
}

TEST(killed_cgroup_takes_children_again, NATIVE) {
  make_killed_cgroups();
  in_every_way(check_member);
  kill_cgroup(inner_cgroup);
  close(0);
  in_every_way(check_member);
  remove_cgroups();
}

static void launch_from_killed_cgroup(void *argument) {
  (void)argument;
  write_control(cgroup, "cgroup.procs", "0");
  in_the_main_ways(check_member);
}

/* The kernel's count is that of the caller's cgroup, too. */
TEST(caller_in_a_killed_cgroup_can_use_another_one, NATIVE) {
  make_cgroups();
  kill_cgroup(cgroup);
  in_fork(launch_from_killed_cgroup, NULL);
  remove_cgroups();
}

static int own_oom_score_adj(void) {
  char text[32];
  return atoi(read_text("/proc/self/oom_score_adj", text, sizeof text));
}

static void join(struct probe *probe) {
  probe_init(probe);
  probe->plan.cgroup = inner_cgroup;
}

/* What is set for all that share memory must not be set for the caller. */
static void check_joined_with_attributes(struct launch_context *context) {
  static struct parent_state before;
  const int oom_score_adj = own_oom_score_adj();
  struct probe probe;
  struct probe_report report;
  parent_state_take(&before, context);
  join(&probe);
  probe.plan.set_oom_score_adj = true;
  probe.plan.oom_score_adj = 777;
  probe_run(context, &probe, &report);
  ASSERT_EQ(report.oom_score_adj, 777);
  ASSERT_EQ(own_oom_score_adj(), oom_score_adj);
  join(&probe);
  probe.plan.set_uid = probe.plan.set_gid = true;
  probe.plan.uid = probe.plan.gid = NOBODY;
  probe_run(context, &probe, &report);
  ASSERT_EQ(report.uids[0], NOBODY);
  EXPECT_UNCHANGED(&before, context);
}

TEST(child_that_joins_has_attributes_of_its_own, NATIVE) {
  if (geteuid() != 0) test_skip("needs root");
  make_killed_cgroups();
  in_every_way(check_joined_with_attributes);
  remove_cgroups();
}

static void check_failures_of_joined(struct launch_context *context) {
  static struct parent_state before;
  struct probe probe;
  parent_state_take(&before, context);
  join(&probe);
  probe.plan.file = "/no/such/program";
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_EXEC, ENOENT);
  join(&probe);
  probe.plan.file = "none in a long path";
  probe.plan.envp = (char *[]){"PATH=/a:/b:/c:/d:/e:/f:/g:/h:/i:/j:/k:/l:/m:/n:/o:/p", NULL};
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_EXEC, ENOENT);
  join(&probe);
  for (int step = LAUNCH_STEP_SIGNALS; step < LAUNCH_STEP_COUNT; step++) {
    test_section("%s", launch_step_name((enum launch_step)step));
    if (step == LAUNCH_STEP_CLOSE_FDS) continue; /* goes on in other ways */
    launch_fail_at(context, (enum launch_step)step, -ENOTTY, 0);
    EXPECT_ERROR(launch_failing(context, &probe.plan), (enum launch_step)step, ENOTTY);
    if (step == LAUNCH_STEP_EXEC) continue;
    launch_fail_at(context, (enum launch_step)step, 0, SIGKILL);
    const struct launch_error error = launch_failing(context, &probe.plan);
    EXPECT_ERROR(error, (enum launch_step)step, ECANCELED);
    ASSERT_EQ(error.signal, SIGKILL);
  }
  launch_fail_at(context, LAUNCH_STEP_COUNT, 0, 0);
  EXPECT_UNCHANGED(&before, context);
}

TEST(failure_of_a_child_that_joins_leaves_nothing, NATIVE) {
  make_killed_cgroups();
  in_every_way(check_failures_of_joined);
  remove_cgroups();
}

static void check_killed_before_joining(struct launch_context *context) {
  struct held held;
  struct probe probe;
  join(&probe);
  held_start(&held, context, &probe.plan, LAUNCH_TEST_HOOK_JOIN);
  CHECKED(kill(launch_test_hook_pid(context), SIGKILL));
  held_finish(&held);
  EXPECT_ERROR(held.error, LAUNCH_STEP_CGROUP, ECANCELED);
  ASSERT_EQ(held.error.signal, SIGKILL);
  ASSERT(!probe_has_reported(&probe));
  expect_no_children();
}

TEST(child_killed_before_it_joins_is_not_started_again, NATIVE) {
  make_killed_cgroups();
  in_the_main_ways(check_killed_before_joining);
  remove_cgroups();
}

static void check_gone(struct launch_context *context) {
  struct held held;
  struct probe probe;
  join(&probe);
  held_start(&held, context, &probe.plan, LAUNCH_TEST_HOOK_JOIN);
  EVENTUALLY(rmdir(inner_cgroup) == 0);
  held_finish(&held);
  EXPECT_ERROR(held.error, LAUNCH_STEP_CGROUP, ENODEV);
  expect_no_children();
  CHECKED(mkdir(inner_cgroup, 0755));
  kill_cgroup(inner_cgroup);
}

TEST(cgroup_that_can_not_be_joined_is_an_error, NATIVE) {
  make_killed_cgroups();
  in_the_main_ways(check_gone);
  remove_cgroups();
}

/* Frozen after the caller has looked: that thread comes back all the same, and the child never executes. */
static void check_frozen_while_joining(struct launch_context *context, const char *frozen) {
  static struct parent_state before;
  struct held held;
  struct probe probe;
  join(&probe);
  held_start(&held, context, &probe.plan, LAUNCH_TEST_HOOK_JOIN);
  const pid_t pid = launch_test_hook_pid(context);
  write_control(frozen, "cgroup.freeze", "1");
  held_finish(&held);
  EXPECT_ERROR(held.error, LAUNCH_STEP_CGROUP, EBUSY);
  ASSERT(kill(pid, 0) < 0);
  expect_no_children();
  write_control(frozen, "cgroup.freeze", "0");
  ASSERT(!probe_has_reported(&probe));
  parent_state_take(&before, context);
  check_member(context);
  EXPECT_UNCHANGED(&before, context);
}

static void in_each_tier(void (*check)(struct launch_context *context)) {
  static const struct method methods[] = {
      {LAUNCH_CLONE_VFORK_SHARED_FDS, LAUNCH_CLOSE_FDS_UNSHARE, LAUNCH_PIDFD_CLONE, false, true, false},
      {LAUNCH_CLONE_VFORK, LAUNCH_CLOSE_FDS_RANGE, LAUNCH_PIDFD_NONE, false, false, false},
      {LAUNCH_CLONE_FORK, LAUNCH_CLOSE_FDS_RANGE, LAUNCH_PIDFD_CLONE, false, false, false},
  };
  for (size_t i = 0; i < COUNT(methods); i++) {
    struct launch_context *context = open_context_for(methods[i]);
    check(context);
    launch_context_close(context);
  }
}

static void check_frozen(struct launch_context *context) {
  check_frozen_while_joining(context, inner_cgroup);
}

static void check_frozen_ancestor(struct launch_context *context) {
  check_frozen_while_joining(context, cgroup);
}

TEST(cgroup_frozen_while_it_is_joined_is_ebusy, NATIVE) {
  make_killed_cgroups();
  in_each_tier(check_frozen);
  in_each_tier(check_frozen_ancestor);
  remove_cgroups();
}

/* As for a snapshot. */
static void *thaw_when_joined(void *argument) {
  char path[PATH_MAX + 256], text[64];
  snprintf(path, sizeof path, "%s/cgroup.procs", inner_cgroup);
  EVENTUALLY(*read_text(path, text, sizeof text) != '\0');
  write_control(inner_cgroup, "cgroup.freeze", "0");
  return argument;
}

static void check_frozen_for_a_moment(struct launch_context *context) {
  struct held held;
  struct probe probe;
  pthread_t thread;
  join(&probe);
  held_start(&held, context, &probe.plan, LAUNCH_TEST_HOOK_JOIN);
  write_control(inner_cgroup, "cgroup.freeze", "1");
  ASSERT_ZERO(pthread_create(&thread, NULL, thaw_when_joined, NULL));
  held_finish(&held);
  ASSERT_ZERO(pthread_join(thread, NULL));
  ASSERT_ZERO(held.result);
  expect_exit_code(&held.child, 0);
}

TEST(cgroup_frozen_for_a_moment_delays_a_launch, NATIVE) {
  make_killed_cgroups();
  in_the_main_ways(check_frozen_for_a_moment);
  remove_cgroups();
}

static void launch_without_robust_futexes(void *argument) {
  struct launch_context *context = open_context();
  ASSERT_ZERO(seccomp_install((char *[]){argument}, 1));
  check_member(context);
  launch_context_close(context);
}

TEST(cgroup_is_joined_without_robust_futexes, NATIVE) {
  make_killed_cgroups();
  in_fork(launch_without_robust_futexes, "set_robust_list=ENOSYS");
  in_fork(launch_without_robust_futexes, "set_robust_list=EPERM");
  remove_cgroups();
}
