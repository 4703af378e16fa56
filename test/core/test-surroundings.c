/* Full tables, process limits, namespaces, and callers that die. */
#include <fcntl.h>
#include <pthread.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "parent-state.h"

#ifndef CLONE_NEWTIME
#  define CLONE_NEWTIME 0x80
#endif

static const struct launch_fd own_stdio[] = {{0, 0}, {1, 1}, {2, 2}};

static void prepare(struct probe *probe) {
  probe_init(probe);
  probe_give(probe, own_stdio, COUNT(own_stdio));
}

static void run_and_check(struct launch_context *context) {
  struct probe probe;
  struct probe_report report;
  prepare(&probe);
  probe_run(context, &probe, &report);
  EXPECT_EXACT(&report, own_stdio, COUNT(own_stdio));
}

/* ---- the table --------------------------------------------------------------------------------------------------------- */

enum { SMALL_LIMIT = 60 };

static void fill_table(void) {
  const struct rlimit limit = {SMALL_LIMIT, SMALL_LIMIT};
  CHECKED(setrlimit(RLIMIT_NOFILE, &limit));
  while (dup(2) >= 0)
    continue;
  ASSERT_EQ(errno, EMFILE);
}

static struct launch_child start_in_full_table(struct launch_context *context, struct probe *probe) {
  struct launch_child child;
  probe_start(context, probe, &child);
  return child;
}

/* The report is read when there is a number for it again. */
static void finish_and_check(struct launch_child *child, struct probe *probe, int to_free) {
  struct probe_report report;
  expect_exit_code(child, 0);
  close(to_free);
  probe_read(probe, &report);
  EXPECT_EXACT(&report, own_stdio, COUNT(own_stdio));
  ASSERT_EQ(CHECKED(dup(2)), to_free);
}

static void check_full_table(void *argument) {
  const bool probed = *(const bool *)argument;
  struct launch_context *context = open_context();
  struct launch_capabilities capabilities;
  static struct parent_state before;
  struct probe probe;
  if (probed) launch_probe(context, &capabilities);
  prepare(&probe);
  fill_table();
  parent_state_take(&before, context);
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_CLONE, EMFILE);
  EXPECT_UNCHANGED(&before, context);

  /* One number for the pidfd is enough. */
  close(SMALL_LIMIT - 1);
  struct launch_child child = start_in_full_table(context, &probe);
  ASSERT_EQ(child.pidfd, SMALL_LIMIT - 1);
  expect_exit_code(&child, 0);
  struct probe_report report;
  probe_read(&probe, &report);
  EXPECT_EXACT(&report, own_stdio, COUNT(own_stdio));
  launch_context_close(context);
}

TEST(full_table_is_emfile_and_one_free_number_is_enough, NATIVE) {
  in_fork(check_full_table, &(bool){true});
  in_fork(check_full_table, &(bool){false});
}

static void check_full_copy(void *argument) {
  (void)argument;
  struct launch_context *context = open_context_for(
      (struct method){LAUNCH_CLONE_VFORK, LAUNCH_CLOSE_FDS_PROC, LAUNCH_PIDFD_NONE, false, false, false});
  struct probe probe;
  prepare(&probe);
  fill_table();
  struct launch_child child = start_in_full_table(context, &probe);
  finish_and_check(&child, &probe, SMALL_LIMIT - 1);
  launch_context_close(context);
}

/* The listing of descriptors needs a number in the child, whose table is a copy of the full one. */
TEST(close_by_proc_works_in_a_full_table, NATIVE) {
  in_fork(check_full_copy, NULL);
}

static void launch_beyond_process_limit(void *argument) {
  (void)argument;
  const struct rlimit none = {0, 0};
  CHECKED(chmod(test_directory(), 0777));
  CHECKED(setgid(64123));
  CHECKED(setuid(64123));
  struct launch_context *context = open_context();
  struct probe probe;
  run_and_check(context);
  prepare(&probe);
  CHECKED(setrlimit(RLIMIT_NPROC, &none));
  test_without_leak_check();
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_CLONE, EAGAIN);
  launch_context_close(context);
}

TEST(limit_of_processes_is_eagain, NATIVE) {
  if (geteuid() != 0) test_skip("needs root, to become a user without processes");
  in_fork(launch_beyond_process_limit, NULL);
}

/* ---- namespaces ----------------------------------------------------------------------------------------------------------- */

static void enter(int flag) {
  test_without_leak_check();
  if (unshare(flag) == 0) return;
  if (errno == EPERM && unshare(flag | CLONE_NEWUSER) == 0) return;
  test_skip("unshare: %s", strerror(errno));
}

/*
 * The first child of a new PID namespace is its PID 1: when it ends, no other can be made there. Its parent is 0, which
 * the check before the death signal must not take for a dead one.
 */
static void *use_new_pid_namespace(void *unused) {
  (void)unused;
  struct launch_context *context = open_context();
  struct launch_capabilities capabilities;
  struct launch_child first;
  struct probe_report report;
  struct probe probe;
  enter(CLONE_NEWPID);
  launch_probe(context, &capabilities);
  ASSERT(!capabilities.probed);
  prepare(&probe);
  probe_then(&probe, "pause");
  probe.plan.death_signal = SIGUSR1;
  probe_start(context, &probe, &first);
  EVENTUALLY(probe_has_reported(&probe));
  probe_read(&probe, &report);
  EXPECT_EXACT(&report, own_stdio, COUNT(own_stdio));
  ASSERT_EQ(report.pid, 1);
  ASSERT_EQ(report.ppid, 0);
  ASSERT_EQ(report.death_signal, SIGUSR1);

  run_and_check(context);
  kill_and_reap(&first);
  prepare(&probe);
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_CLONE, ENOMEM);
  launch_context_close(context);
  return NULL;
}

TEST(probe_does_not_use_up_a_new_pid_namespace, NATIVE) {
  use_new_pid_namespace(NULL);
}

/* It is for the children of the thread that asked for it alone: /proc/self speaks of the first thread. */
TEST(probe_does_not_use_up_a_threads_pid_namespace, NATIVE) {
  pthread_t thread;
  ASSERT_ZERO(pthread_create(&thread, NULL, use_new_pid_namespace, NULL));
  ASSERT_ZERO(pthread_join(thread, NULL));
}

/* Some kernels refuse shared memory there. */
TEST(child_starts_in_a_new_time_namespace, NATIVE) {
  struct launch_context *context = open_context();
  enter(CLONE_NEWTIME);
  run_and_check(context);
  launch_context_close(context);
}

TEST(child_starts_in_a_user_namespace, NATIVE) {
  struct launch_context *context = open_context();
  CHECKED(chmod(test_directory(), 0777));
  if (unshare(CLONE_NEWUSER) < 0) test_skip("unshare: %s", strerror(errno));
  run_and_check(context);
  launch_context_close(context);
}

/* ---- a caller that dies in the window ---------------------------------------------------------------------------------------- */

static void check_orphan(struct launch_context *context, enum launch_test_hook hook) {
  int pipe_ends[2], status;
  pid_t child;
  struct probe probe;
  struct probe_report report;
  CHECKED(pipe2(pipe_ends, O_CLOEXEC));
  prepare(&probe);
  const pid_t pid = CHECKED(fork());
  if (pid == 0) held_for_ever(context, &probe.plan, hook, pipe_ends[1]);
  ASSERT_EQ(read(pipe_ends[0], &child, sizeof child), sizeof child);
  CHECKED(kill(pid, SIGKILL));
  ASSERT_EQ(waitpid(pid, NULL, 0), pid);
  EVENTUALLY(probe_has_reported(&probe));
  probe_read(&probe, &report);
  EXPECT_EXACT(&report, own_stdio, COUNT(own_stdio));
  ASSERT_EQ(report.pid, child);
  EVENTUALLY(waitpid(child, &status, WNOHANG) == child);
  ASSERT_EQ(status, 0);
  EVENTUALLY(waitpid(-1, &status, WNOHANG) < 0 && errno == ECHILD);
  close_all(pipe_ends, 2);
}

static void check_orphans(struct launch_context *context) {
  check_orphan(context, LAUNCH_TEST_HOOK_UNSHARE);
  check_orphan(context, LAUNCH_TEST_HOOK_SIGNAL_MASK);
}

TEST(orphan_of_a_killed_caller_holds_nothing_else, NATIVE) {
  fresh_fd_at(20);
  fresh_fd_at(1000);
  CHECKED(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
  in_the_main_ways(check_orphans);
}
