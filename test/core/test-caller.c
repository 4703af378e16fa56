/* What the caller must not notice: nothing of it changes, and a failure leaves nothing. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "parent-state.h"

static const struct launch_fd stdio[] = {{0, LAUNCH_FD_NULL}, {1, 20}, {2, 21}};

static void never_called(int signal) {
  FAIL("a handler for signal %d ran", signal);
}

/* Nothing about this process is as usual. */
static void become_unusual(void) {
  static const int masked[] = {SIGUSR1, SIGTERM, SIGTSTP};
  sigset_t mask;
  sigemptyset(&mask);
  for (size_t i = 0; i < COUNT(masked); i++)
    sigaddset(&mask, masked[i]);
  sigprocmask(SIG_SETMASK, &mask, NULL);
  const struct sigaction handled = {
      .sa_handler = never_called, .sa_flags = SA_RESTART | SA_NODEFER, .sa_mask = mask};
  static const int caught[] = {SIGUSR1, SIGUSR2, SIGTSTP, SIGPROF};
  for (size_t i = 0; i < COUNT(caught); i++)
    sigaction(caught[i], &handled, NULL);
  sigaction(SIGRTMIN + 2, &handled, NULL);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGINT, SIG_IGN);
  signal(SIGRTMIN + 3, SIG_IGN);
  umask(027);
  CHECKED(chdir(test_directory()));
  fresh_fd_at(20);
  fresh_fd_at(21);
  CHECKED(fcntl(fresh_fd_at(22), F_SETFD, FD_CLOEXEC));
  close(0);
}

static void check_success(struct launch_context *context) {
  static struct parent_state before;
  struct probe probe;
  struct probe_report report;
  parent_state_take(&before, context);
  probe_init(&probe);
  probe_give(&probe, stdio, COUNT(stdio));
  probe_run(context, &probe, &report);
  EXPECT_EXACT(&report, stdio, COUNT(stdio));
  ASSERT_EQ(report.umask, 027);
  ASSERT_STR_EQ(report.cwd, test_directory());
  EXPECT_UNCHANGED(&before, context);
  expect_no_children();
}

TEST(success_leaves_the_caller_as_it_was, ANYWHERE) {
  become_unusual();
  in_every_way(check_success);
}

/* Steps that a child runs; the clone itself can only be refused by the kernel (test-clone modes.c, test-exhaustion.c). */
static const enum launch_step steps_of_the_child[] = {
    LAUNCH_STEP_STDIO,        LAUNCH_STEP_SIGNALS,
    LAUNCH_STEP_SESSION,      LAUNCH_STEP_PROCESS_GROUP,
    LAUNCH_STEP_CLOSE_FDS,    LAUNCH_STEP_OOM_SCORE_ADJ,
    LAUNCH_STEP_UMASK,        LAUNCH_STEP_NICE,
    LAUNCH_STEP_RLIMIT,       LAUNCH_STEP_CWD,
    LAUNCH_STEP_GROUPS,       LAUNCH_STEP_GID,
    LAUNCH_STEP_UID,          LAUNCH_STEP_NO_NEW_PRIVILEGES,
    LAUNCH_STEP_DEATH_SIGNAL, LAUNCH_STEP_SIGNAL_MASK,
    LAUNCH_STEP_EXEC,
};

static void check_launch_works(struct launch_context *context) {
  struct probe probe;
  struct probe_report report;
  probe_init(&probe);
  probe_scan_up_to(&probe, 100);
  probe_give(&probe, stdio, COUNT(stdio));
  probe_run(context, &probe, &report);
  EXPECT_EXACT(&report, stdio, COUNT(stdio));
}

static void check_injected_error(struct launch_context *context, enum launch_step step) {
  static struct parent_state before;
  struct probe probe;
  probe_init(&probe);
  probe_give(&probe, stdio, COUNT(stdio));
  parent_state_take(&before, context);
  launch_fail_at(context, step, -EXDEV, 0);
  EXPECT_ERROR(launch_failing(context, &probe.plan), step, EXDEV);
  EXPECT_UNCHANGED(&before, context);
  launch_fail_at(context, LAUNCH_STEP_COUNT, 0, 0);
  check_launch_works(context);
}

static void check_injected_errors(struct launch_context *context) {
  for (size_t i = 0; i < COUNT(steps_of_the_child); i++)
    check_injected_error(context, steps_of_the_child[i]);
}

TEST(error_at_any_step_leaves_nothing, ANYWHERE) {
  become_unusual();
  in_the_main_ways(check_injected_errors);
}

static void expect_killed(struct launch_context *context, const struct launch_plan *plan,
                          enum launch_step step, int signal) {
  const struct launch_error error = launch_failing(context, plan);
  EXPECT_ERROR(error, step, ECANCELED);
  ASSERT_EQ(error.signal, signal);
}

/*
 * In the step `exec` nobody can tell whether execve(2) had begun: such a death is the program's, and its status says so.
 */
static void expect_started_and_killed(struct launch_context *context, const struct launch_plan *plan,
                                      int signal) {
  struct launch_child child;
  struct launch_error error;
  struct launch_exit ending;
  ASSERT_ZERO(launch(context, plan, &child, &error));
  wait_for_exit(&child, &ending);
  ASSERT_EQ(ending.signal, signal);
  expect_no_children();
}

static void check_death_at(struct launch_context *context, enum launch_step step, int signal) {
  static struct parent_state before;
  struct probe probe;
  probe_init(&probe);
  probe_give(&probe, stdio, COUNT(stdio));
  parent_state_take(&before, context);
  launch_fail_at(context, step, 0, signal);
  if (step == LAUNCH_STEP_EXEC)
    expect_started_and_killed(context, &probe.plan, signal);
  else
    expect_killed(context, &probe.plan, step, signal);
  EXPECT_UNCHANGED(&before, context);
  ASSERT(!probe_has_reported(&probe));
  launch_fail_at(context, LAUNCH_STEP_COUNT, 0, 0);
  check_launch_works(context);
}

static void check_deaths(struct launch_context *context) {
  for (size_t i = 0; i < COUNT(steps_of_the_child); i++) {
    check_death_at(context, steps_of_the_child[i], SIGKILL);
    check_death_at(context, steps_of_the_child[i], SIGSYS);
  }
}

TEST(death_at_any_step_is_a_failure_that_names_it, NOT_VALGRIND) {
  become_unusual();
  in_the_main_ways(check_deaths);
}

/* ---- many times ------------------------------------------------------------------------------------------------------ */

/* A mapping leaked by each round would be dozens; an allocator may take a few. */
enum { MAPPINGS_OF_AN_ALLOCATOR = 8 };

static int count_lines(const char *path) {
  FILE *file = fopen(path, "re");
  ASSERT(file != NULL);
  int lines = 0;
  for (int byte; (byte = fgetc(file)) != EOF;)
    lines += byte == '\n';
  fclose(file);
  return lines;
}

static void launch_and_fail(struct launch_context *context, const struct probe *probe, int round) {
  struct launch_plan missing = probe->plan;
  missing.file = "/no/such/program";
  launch_fail_at(context, LAUNCH_STEP_COUNT, 0, 0);
  if (round % 3 == 1) launch_fail_at(context, LAUNCH_STEP_SIGNALS, 0, SIGKILL);
  if (round % 3 == 2) launch_fail_at(context, LAUNCH_STEP_CLOSE_FDS, -EXDEV, 0);
  (void)launch_failing(context, &missing);
}

TEST(many_failures_leave_no_descriptor_and_no_mapping, NATIVE) {
  static struct parent_state before;
  struct launch_context *context = open_context();
  struct probe probe;
  probe_init(&probe);
  for (int round = 0; round < 3; round++)
    launch_and_fail(context, &probe, round);
  parent_state_take(&before, context);
  const int mappings = count_lines("/proc/self/maps");
  for (int round = 0; round < 600; round++)
    launch_and_fail(context, &probe, round);
  EXPECT_UNCHANGED(&before, context);
  ASSERT_LT(count_lines("/proc/self/maps"), mappings + MAPPINGS_OF_AN_ALLOCATOR);
  launch_context_close(context);
}

static void open_and_close(struct probe *probe, bool launching) {
  struct launch_context *context = open_context();
  struct probe_report report;
  if (launching) probe_run(context, probe, &report);
  launch_context_close(context);
}

TEST(closed_context_leaves_nothing, NATIVE) {
  static struct parent_state before;
  struct probe probe;
  probe_init(&probe);
  open_and_close(&probe, true);
  parent_state_take(&before, NULL);
  const int mappings = count_lines("/proc/self/maps");
  for (int round = 0; round < 50; round++)
    open_and_close(&probe, round % 2 == 0);
  EXPECT_UNCHANGED(&before, NULL);
  ASSERT_LT(count_lines("/proc/self/maps"), mappings + MAPPINGS_OF_AN_ALLOCATOR);
  expect_no_children();
}

/* ---- record locks ---------------------------------------------------------------------------------------------------- */

struct lock_check {
  const char *path;
  pid_t owner;
};

static void lock_is_held(void *argument) {
  const struct lock_check *check = argument;
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  const int file = CHECKED(open(check->path, O_RDWR | O_CLOEXEC));
  CHECKED(fcntl(file, F_GETLK, &lock));
  ASSERT_EQ(lock.l_type, F_WRLCK);
  ASSERT_EQ(lock.l_pid, check->owner);
  close(file);
}

static void check_lock(struct launch_context *context) {
  char path[PATH_MAX];
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  struct probe probe;
  struct probe_report report;
  snprintf(path, sizeof path, "%s", write_file("locked", 0600, "x"));
  const int file = CHECKED(open(path, O_RDWR | O_CLOEXEC));
  CHECKED(fcntl(file, F_SETLK, &lock));
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, file}, {2, file}};
  struct lock_check check = {path, getpid()};
  in_fork(lock_is_held, &check);

  probe_init(&probe);
  probe_give(&probe, fds, COUNT(fds));
  probe_run(context, &probe, &report);
  in_fork(lock_is_held, &check);

  for (size_t i = 0; i < COUNT(steps_of_the_child) - 1; i++) {
    launch_fail_at(context, steps_of_the_child[i], 0, SIGKILL);
    (void)launch_failing(context, &probe.plan);
    in_fork(lock_is_held, &check);
  }
  close(file);
}

/* Any close of any duplicate in the caller's table would drop it. */
TEST(record_lock_of_the_caller_survives, ANYWHERE) {
  in_the_main_ways(check_lock);
}
