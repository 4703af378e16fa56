/* How a child ends, and who learns of it. */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "seccomp.h"

static struct launch_child start(struct launch_context *context, char *then) {
  struct launch_child child;
  struct probe probe;
  probe_init(&probe);
  probe_scan_up_to(&probe, 10);
  probe_then(&probe, then);
  probe_start(context, &probe, &child);
  return child;
}

static struct launch_exit run(struct launch_context *context, char *then) {
  struct launch_child child = start(context, then);
  struct launch_exit ending;
  wait_for_exit(&child, &ending);
  return ending;
}

static void check_codes(struct launch_context *context) {
  static char *const codes[] = {"0", "1", "7", "127", "255"};
  for (size_t i = 0; i < COUNT(codes); i++) {
    const struct launch_exit ending = run(context, codes[i]);
    ASSERT(!ending.lost);
    ASSERT_EQ(ending.code, atoi(codes[i]));
    ASSERT_EQ(ending.signal, 0);
    ASSERT(!ending.core_dumped);
    ASSERT_GT(ending.usage.ru_maxrss, 0);
  }
}

TEST(exit_code_and_usage_are_reported, ANYWHERE) {
  in_every_way(check_codes);
}

static bool ends_a_process(int signal) {
  static const int harmless[] = {SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
  for (size_t i = 0; i < COUNT(harmless); i++)
    if (signal == harmless[i]) return false;
  return true;
}

static void check_signals(struct launch_context *context) {
  const struct launch_rlimit no_core = {.resource = RLIMIT_CORE, .set_soft = true};
  for (int signal = 1; signal <= 64; signal++) {
    if (!ends_a_process(signal)) continue;
    struct launch_child child;
    struct launch_exit ending;
    struct probe probe;
    probe_init(&probe);
    probe_scan_up_to(&probe, 10);
    probe_then(&probe, "pause");
    probe.plan.rlimits = &no_core;
    probe.plan.rlimit_count = 1;
    probe_start(context, &probe, &child);
    ASSERT_EQ(launch_reap(&child, &ending), 0);
    ASSERT_ZERO(launch_signal(&child, signal));
    wait_for_exit(&child, &ending);
    ASSERT_EQ(ending.signal, signal);
    ASSERT_EQ(ending.code, 0);
    ASSERT(!ending.core_dumped);
    ASSERT(!ending.lost);
  }
}

TEST(every_deadly_signal_is_reported, NATIVE) {
  in_the_main_ways(check_signals);
}

static bool fork_dumps_core(void) {
  int status;
  const pid_t pid = CHECKED(fork());
  if (pid == 0) {
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
  }
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  return WCOREDUMP(status);
}

/* Where cores go is the machine's matter; that they are reported as for any other child is ours. */
TEST(core_dump_is_reported_as_for_any_child, NOT_VALGRIND) {
  struct launch_context *context = open_context();
  struct rlimit limit;
  CHECKED(chdir(test_directory()));
  CHECKED(getrlimit(RLIMIT_CORE, &limit));
  limit.rlim_cur = limit.rlim_max;
  CHECKED(setrlimit(RLIMIT_CORE, &limit));
  struct launch_child child = start(context, "pause");
  struct launch_exit ending;
  ASSERT_ZERO(launch_signal(&child, SIGABRT));
  wait_for_exit(&child, &ending);
  ASSERT_EQ(ending.signal, SIGABRT);
  ASSERT_EQ(ending.core_dumped, fork_dumps_core());
  launch_context_close(context);
}

static void check_pidfd(struct launch_context *context) {
  struct launch_child child = start(context, "pause");
  struct launch_exit ending;
  if (child.pidfd < 0) {
    kill_and_reap(&child);
    return;
  }
  ASSERT_GE(child.pidfd, 3);
  ASSERT_EQ(fcntl(child.pidfd, F_GETFD), FD_CLOEXEC);
  CHECKED(fcntl(child.pidfd, F_SETFL, O_NONBLOCK));
  ASSERT_EQ(launch_reap(&child, &ending), 0);
  ASSERT_ZERO(launch_signal(&child, 0));
  ASSERT_EQ(launch_signal(&child, 65), -EINVAL);
  ASSERT_ZERO(launch_signal(&child, SIGTERM));
  ASSERT_EQ(poll(&(struct pollfd){.fd = child.pidfd, .events = POLLIN}, 1, TEST_PATIENCE_MS), 1);
  ASSERT_EQ(launch_reap(&child, &ending), 1);
  ASSERT_EQ(ending.signal, SIGTERM);
  ASSERT_EQ(launch_signal(&child, SIGTERM), -ESRCH);
  close(child.pidfd);
}

/* An event loop makes it non-blocking. */
TEST(pidfd_reports_the_end_and_signals_no_stranger, ANYWHERE) {
  in_every_way(check_pidfd);
}

static void check_other_children(struct launch_context *context) {
  int status;
  const pid_t pid = CHECKED(fork());
  if (pid == 0) _exit(42);
  siginfo_t info;
  CHECKED(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
  ASSERT_EQ(run(context, "7").code, 7);
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  ASSERT_EQ(WEXITSTATUS(status), 42);
}

TEST(children_of_others_are_not_reaped, ANYWHERE) {
  in_every_way(check_other_children);
}

static void without_wait4(void *argument) {
  siginfo_t info;
  struct probe probe;
  struct launch_child child;
  struct launch_error error;
  (void)argument;
  test_without_leak_check();
  ASSERT_ZERO(seccomp_install((char *[]){"wait4=EPERM"}, 1));
  struct launch_context *context = open_context();
  probe_init(&probe);
  probe.plan.file = "/no/such/program";
  if (launch(context, &probe.plan, &child, &error) == 0) FAIL("a missing program was started");
  EXPECT_ERROR(error, LAUNCH_STEP_EXEC, ENOENT);
  ASSERT_EQ(run(context, "7").code, 7);
  ASSERT_EQ(waitid(P_ALL, 0, &info, WEXITED | WNOHANG | __WALL), -1);
  ASSERT_EQ(errno, ECHILD);
  launch_context_close(context);
}

TEST(no_zombie_is_left_without_wait4, NATIVE) {
  in_fork(without_wait4, NULL);
}

/* ---- when somebody else took the status ------------------------------------------------------------------------------- */

/* PIDFD_GET_INFO tells the exit status since Linux 6.15. */
static bool kernel_remembers_the_status(void) {
  struct utsname name;
  int major, minor;
  CHECKED(uname(&name));
  ASSERT_EQ(sscanf(name.release, "%d.%d", &major, &minor), 2);
  return test_runs_natively() && (major > 6 || (major == 6 && minor >= 15));
}

static void expect_recovered_or_lost(const struct launch_exit *ending, bool had_pidfd) {
  if (!had_pidfd) ASSERT(ending->lost);
  if (had_pidfd && kernel_remembers_the_status()) ASSERT(!ending->lost);
  ASSERT_EQ(ending->code, ending->lost ? 0 : 7);
  ASSERT_EQ(ending->signal, 0);
}

static void check_stolen(struct launch_context *context) {
  struct launch_child child = start(context, "7");
  const bool had_pidfd = child.pidfd >= 0;
  struct launch_exit ending;
  int status;
  ASSERT_EQ(waitpid(-1, &status, 0), child.pid);
  ASSERT_EQ(WEXITSTATUS(status), 7);
  wait_for_exit(&child, &ending);
  expect_recovered_or_lost(&ending, had_pidfd);
}

TEST(status_that_was_reaped_elsewhere_is_never_0, ANYWHERE) {
  in_every_way(check_stolen);
}

static void check_ignored_sigchld(struct launch_context *context) {
  struct launch_child child = start(context, "7");
  const bool had_pidfd = child.pidfd >= 0;
  struct launch_exit ending;
  wait_for_exit(&child, &ending);
  expect_recovered_or_lost(&ending, had_pidfd);

  struct probe probe;
  probe_init(&probe);
  probe.plan.file = "/no/such/program";
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_EXEC, ENOENT);
}

TEST(caller_may_ignore_sigchld, ANYWHERE) {
  signal(SIGCHLD, SIG_IGN);
  in_every_way(check_ignored_sigchld);
}

static void *wait_for_anything(void *argument) {
  const atomic_bool *stop = argument;
  while (!atomic_load(stop)) {
    waitpid(-1, NULL, WNOHANG);
    sched_yield();
  }
  return NULL;
}

static void check_with_thief(struct launch_context *context) {
  struct probe probe;
  probe_init(&probe);
  probe.plan.file = "/no/such/program";
  for (int round = 0; round < 50; round++) {
    struct launch_child child;
    struct launch_error error;
    if (launch(context, &probe.plan, &child, &error) == 0) FAIL("a missing program was started");
    EXPECT_ERROR(error, LAUNCH_STEP_EXEC, ENOENT);
    const struct launch_exit ending = run(context, "7");
    ASSERT_EQ(ending.signal, 0);
    ASSERT_EQ(ending.code, ending.lost ? 0 : 7);
  }
}

TEST(another_thread_may_reap_everything, NATIVE) {
  pthread_t thief;
  atomic_bool stop = false;
  ASSERT_ZERO(pthread_create(&thief, NULL, wait_for_anything, &stop));
  in_the_main_ways(check_with_thief);
  atomic_store(&stop, true);
  ASSERT_ZERO(pthread_join(thief, NULL));
}
