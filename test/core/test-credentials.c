/* Changes of user and group. All but the last need root. */
#include <fcntl.h>
#include <grp.h>
#include <linux/kcmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fixture.h"
#include "parent-state.h"

enum { NOBODY = 65534, SOMEBODY = 4711 };

static void need_root(void) {
  if (geteuid() != 0) test_skip("needs root");
}

static void ask_for(struct probe *probe, bool set_uid, bool set_gid) {
  probe_init(probe);
  probe->plan.set_uid = set_uid;
  probe->plan.set_gid = set_gid;
  probe->plan.uid = NOBODY;
  probe->plan.gid = SOMEBODY;
}

static void expect_ids(const uint32_t ids[3], uint32_t id) {
  for (int i = 0; i < 3; i++)
    ASSERT_EQ(ids[i], id);
}

static void check_ids(struct launch_context *context, bool set_uid, bool set_gid) {
  static struct parent_state before;
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, 60}, {2, 61}};
  struct probe probe;
  struct probe_report report;
  parent_state_take(&before, context);
  ASSERT_EQ(before.dumpable, 1);
  ask_for(&probe, set_uid, set_gid);
  probe_give(&probe, fds, COUNT(fds));
  probe_run(context, &probe, &report);
  EXPECT_EXACT(&report, fds, COUNT(fds));
  expect_ids(report.uids, set_uid ? NOBODY : 0);
  expect_ids(report.gids, set_gid ? SOMEBODY : 0);
  ASSERT_EQ(report.group_count, 0);
  EXPECT_UNCHANGED(&before, context);
}

static void check_all_ids(struct launch_context *context) {
  check_ids(context, true, true);
  check_ids(context, true, false);
  check_ids(context, false, true);
}

/* Among them the dumpable flag: a change of ids in shared memory would clear it. */
TEST(ids_and_groups_are_the_childs_alone, ANYWHERE) {
  need_root();
  fresh_fd_at(60);
  fresh_fd_at(61);
  CHECKED(setgroups(3, (gid_t[]){1, 2, 3}));
  in_every_way(check_all_ids);
}

static void check_private_directory(struct launch_context *context) {
  struct probe probe;
  struct probe_report report;
  ask_for(&probe, true, true);
  probe.plan.cwd = path_in_test_directory("private");
  probe_run(context, &probe, &report);
  expect_ids(report.uids, NOBODY);
}

/* As in libuv: the directory is entered with the caller's rights. */
TEST(directory_is_entered_before_ids_change, ANYWHERE) {
  need_root();
  CHECKED(mkdir(path_in_test_directory("private"), 0700));
  in_the_main_ways(check_private_directory);
}

static void check_forbidden_program(struct launch_context *context) {
  struct probe probe;
  ask_for(&probe, true, true);
  probe.plan.file = path_in_test_directory("private-program");
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_EXEC, EACCES);
}

TEST(program_is_executed_with_the_new_ids, ANYWHERE) {
  need_root();
  write_file("private-program", 0700, "#!/bin/sh\n");
  in_the_main_ways(check_forbidden_program);
}

static void check_refused_ids(struct launch_context *context) {
  struct probe probe;
  static struct parent_state before;
  parent_state_take(&before, context);
  ask_for(&probe, true, false);
  probe.plan.uid = SOMEBODY;
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_UID, EPERM);
  ask_for(&probe, false, true);
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_GID, EPERM);
  EXPECT_UNCHANGED(&before, context);
}

static void check_own_ids(struct launch_context *context) {
  struct probe probe;
  struct probe_report report;
  ask_for(&probe, true, true);
  probe.plan.uid = getuid();
  probe.plan.gid = getgid();
  probe_run(context, &probe, &report);
  expect_ids(report.uids, getuid());
  expect_ids(report.gids, getgid());
}

static void launch_unprivileged(void *argument) {
  (void)argument;
  if (geteuid() == 0) {
    CHECKED(chmod(test_directory(), 0777));
    CHECKED(setgid(NOBODY));
    CHECKED(setuid(NOBODY));
  }
  in_every_way(check_refused_ids);
  in_every_way(check_own_ids);
}

TEST(unprivileged_caller_can_only_keep_its_ids, ANYWHERE) {
  in_fork(launch_unprivileged, NULL);
}

/* ---- what is shared ------------------------------------------------------------------------------------------------------ */

static bool shares(pid_t pid, enum kcmp_type what) {
  return CHECKED(syscall(SYS_kcmp, getpid(), pid, what, 0, 0)) == 0;
}

static void check_sharing(struct launch_context *context, bool set_uid, enum kcmp_type what, bool shared) {
  struct held held;
  struct probe probe;
  ask_for(&probe, set_uid, false);
  held_start(&held, context, &probe.plan, LAUNCH_TEST_HOOK_UNSHARE);
  const pid_t pid = launch_test_hook_pid(context);
  ASSERT_EQ(shares(pid, what), shared);
  ASSERT(!shares(pid, KCMP_FS));
  ASSERT(!shares(pid, KCMP_SIGHAND));
  held_finish(&held);
  ASSERT_ZERO(held.result);
  expect_exit_code(&held.child, 0);
}

TEST(each_clone_mode_shares_what_it_should, NATIVE) {
  need_root();
  if (syscall(SYS_kcmp, getpid(), getpid(), KCMP_VM, 0, 0) != 0) test_skip("kcmp: %s", strerror(errno));
  static const struct {
    struct method method;
    bool memory, table;
  } clone_modes[] = {
      {{LAUNCH_CLONE_VFORK_SHARED_FDS, LAUNCH_CLOSE_FDS_UNSHARE, LAUNCH_PIDFD_CLONE, false, false, false},
       true,
       true},
      {{LAUNCH_CLONE_VFORK, LAUNCH_CLOSE_FDS_RANGE, LAUNCH_PIDFD_CLONE, false, false, false}, true, false},
      {{LAUNCH_CLONE_FORK, LAUNCH_CLOSE_FDS_RANGE, LAUNCH_PIDFD_CLONE, false, false, false}, false, false},
  };
  for (size_t i = 0; i < COUNT(clone_modes); i++) {
    struct launch_context *context = open_context_for(clone_modes[i].method);
    check_sharing(context, false, KCMP_VM, clone_modes[i].memory);
    check_sharing(context, false, KCMP_FILES, clone_modes[i].table);
    check_sharing(context, true, KCMP_VM, false);
    check_sharing(context, true, KCMP_FILES, clone_modes[i].table);
    launch_context_close(context);
  }
}

/* ---- ids of the caller changed meanwhile ------------------------------------------------------------------------------------ */

static void *change_own_ids(void *argument) {
  atomic_int *state = argument;
  atomic_store(state, 1);
  ASSERT_ZERO(setresuid(getuid(), geteuid(), getuid()));
  atomic_store(state, 2);
  return NULL;
}

/* libc makes every thread change its ids, by a signal that the launching thread takes when the launch is over. */
static void check_setresuid(struct launch_context *context) {
  struct held held;
  struct probe probe;
  pthread_t thread;
  atomic_int state = 0;
  probe_init(&probe);
  held_start(&held, context, &probe.plan, LAUNCH_TEST_HOOK_SIGNAL_MASK);
  ASSERT_ZERO(pthread_create(&thread, NULL, change_own_ids, &state));
  EVENTUALLY(atomic_load(&state) >= 1);
  held_finish(&held);
  ASSERT_ZERO(held.result);
  ASSERT_ZERO(pthread_join(thread, NULL));
  ASSERT_EQ(atomic_load(&state), 2);
  expect_exit_code(&held.child, 0);
}

TEST(ids_of_the_caller_may_change_during_a_launch, NATIVE) {
  in_the_main_ways(check_setresuid);
}
