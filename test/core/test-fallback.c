/* Kernels, filters and surroundings that lack something: the same visible result in a slower way, or a clear refusal. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "namespaces.h"
#include "parent-state.h"
#include "seccomp.h"
#include "tracer.h"

static bool kernel_can_unshare(void) {
  return syscall(SYS_close_range, ~0U, ~0U, CLOSE_RANGE_UNSHARE_BIT) == 0;
}

static bool kernel_has_clone3(void) {
  return syscall(SYS_clone3, NULL, 0) < 0 && errno == EINVAL;
}

TEST(names_exist_and_differ, ANYWHERE) {
  for (int step = 1; step < LAUNCH_STEP_COUNT; step++)
    ASSERT(strcmp(launch_step_name((enum launch_step)step), launch_step_name((enum launch_step)(step - 1))) !=
           0);
  for (int clone_mode = 1; clone_mode < LAUNCH_CLONE_MODE_COUNT; clone_mode++)
    ASSERT(strcmp(launch_clone_mode_name((enum launch_clone_mode)clone_mode),
                  launch_clone_mode_name((enum launch_clone_mode)(clone_mode - 1))) != 0);
  for (int close_fds = 1; close_fds < LAUNCH_CLOSE_FDS_COUNT; close_fds++)
    ASSERT(strcmp(launch_close_fds_name((enum launch_close_fds)close_fds),
                  launch_close_fds_name((enum launch_close_fds)(close_fds - 1))) != 0);
  for (int pidfd = 1; pidfd < LAUNCH_PIDFD_COUNT; pidfd++)
    ASSERT(strcmp(launch_pidfd_name((enum launch_pidfd)pidfd),
                  launch_pidfd_name((enum launch_pidfd)(pidfd - 1))) != 0);
}

/* ---- what is taken here ------------------------------------------------------------------------------------------------ */

static struct launch_capabilities probe_capabilities(struct launch_context *context) {
  struct launch_capabilities capabilities;
  launch_probe(context, &capabilities);
  return capabilities;
}

TEST(fastest_launch_method_of_the_kernel_is_taken, NATIVE) {
  if (!kernel_can_unshare()) test_skip("this kernel has no CLOSE_RANGE_UNSHARE");
  struct launch_context *context = open_context();
  const struct launch_capabilities found = probe_capabilities(context);
  ASSERT(found.probed);
  ASSERT_EQ(found.clone_mode, LAUNCH_CLONE_VFORK_SHARED_FDS);
  ASSERT_EQ(found.close_fds, LAUNCH_CLOSE_FDS_UNSHARE);
  ASSERT_EQ(found.pidfd, LAUNCH_PIDFD_CLONE);
  ASSERT_EQ(found.handlers_reset, kernel_has_clone3());
  ASSERT_EQ(found.clone_mode_error, 0);
  ASSERT_EQ(found.close_fds_error, 0);
  ASSERT_EQ(found.pidfd_error, 0);
  launch_context_close(context);
}

/* Emulators turn vfork into fork; a child that believed otherwise would report nothing. */
TEST(fork_mode_is_taken_where_vfork_shares_nothing, ANYWHERE) {
  if (test_runs_natively()) test_skip("vfork shares memory here");
  struct launch_context *context = open_context();
  const struct launch_capabilities found = probe_capabilities(context);
  ASSERT(found.probed);
  ASSERT_EQ(found.clone_mode, LAUNCH_CLONE_FORK);
  ASSERT_LT(found.clone_mode_error, 0);
  launch_context_close(context);
}

TEST(probes_leave_nothing, ANYWHERE) {
  static struct parent_state before;
  parent_state_take(&before, NULL);
  struct launch_context *context = open_context();
  probe_capabilities(context);
  expect_no_children();
  EXPECT_UNCHANGED(&before, context);
  launch_context_close(context);
}

/* ---- the same visible result ------------------------------------------------------------------------------------------- */

static struct launch_error fail_with(struct launch_context *context, const char *file, const char *cwd) {
  struct probe probe;
  probe_init(&probe);
  probe.plan.file = file;
  probe.plan.cwd = cwd;
  return launch_failing(context, &probe.plan);
}

static void check_success_and_signal(struct launch_context *context) {
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, 200}, {2, 1}, {9, 201}, {200, 9}};
  const struct launch_rlimit limit = {RLIMIT_NOFILE, true, true, 300, 400};
  struct launch_child child;
  struct probe probe;
  static struct probe_report report;
  probe_init(&probe);
  probe_give(&probe, fds, COUNT(fds));
  probe_then(&probe, "pause");
  probe.plan.new_session = true;
  probe.plan.cwd = "/";
  probe.plan.rlimits = &limit;
  probe.plan.rlimit_count = 1;
  probe_start(context, &probe, &child);
  EVENTUALLY(probe_has_reported(&probe));
  probe_read(&probe, &report);
  EXPECT_EXACT(&report, fds, COUNT(fds));
  ASSERT_EQ(report.pid, child.pid);
  ASSERT_EQ(report.session, child.pid);
  ASSERT_EQ(report.blocked | report.caught, 0);
  ASSERT_EQ(report.soft[RLIMIT_NOFILE], 300);
  ASSERT_EQ(report.hard[RLIMIT_NOFILE], 400);
  ASSERT_STR_EQ(report.cwd, "/");
  kill_and_reap(&child);
}

static void check_everything(struct launch_context *context) {
  static struct parent_state before;
  parent_state_take(&before, context);
  check_success_and_signal(context);
  EXPECT_ERROR(fail_with(context, "/no/such/program", NULL), LAUNCH_STEP_EXEC, ENOENT);
  EXPECT_ERROR(fail_with(context, "/bin/true", "/no/such/directory"), LAUNCH_STEP_CWD, ENOENT);
  EXPECT_UNCHANGED(&before, context);
  check_success_and_signal(context);
  expect_no_children();
}

static void open_some_numbers(void) {
  static const int numbers[] = {9, 64, 100, 200, 201, 1066};
  allow_fds_up_to(1500);
  for (size_t i = 0; i < COUNT(numbers); i++)
    fresh_fd_at(numbers[i]);
}

TEST(every_launch_method_gives_the_same_result, NOT_VALGRIND) {
  open_some_numbers();
  in_every_way(check_everything);
}

/* ---- system calls that are missing or forbidden -------------------------------------------------------------------------- */

static void refuse(const char *rule) {
  ASSERT_ZERO(seccomp_install((char *[]){(char *)rule}, 1));
}

struct denial {
  const char *subject;
  enum launch_clone_mode clone_mode; /* what is left */
  enum launch_close_fds close_fds;
  enum launch_pidfd pidfd;
  bool in_child; /* may also kill */
};

static const struct denial denials[] = {
    {"close_range", LAUNCH_CLONE_VFORK, LAUNCH_CLOSE_FDS_PROC, LAUNCH_PIDFD_CLONE, true},
    {"close_range:unshare", LAUNCH_CLONE_VFORK, LAUNCH_CLOSE_FDS_RANGE, LAUNCH_PIDFD_CLONE, true},
    {"clone:pidfd", LAUNCH_CLONE_VFORK_SHARED_FDS, LAUNCH_CLOSE_FDS_UNSHARE, LAUNCH_PIDFD_NONE, false},
    {"clone:files", LAUNCH_CLONE_VFORK, LAUNCH_CLOSE_FDS_RANGE, LAUNCH_PIDFD_CLONE, false},
    {"clone:vfork", LAUNCH_CLONE_FORK, LAUNCH_CLOSE_FDS_RANGE, LAUNCH_PIDFD_CLONE, false},
    {"clone3", LAUNCH_CLONE_VFORK_SHARED_FDS, LAUNCH_CLOSE_FDS_UNSHARE, LAUNCH_PIDFD_CLONE, false},
    {"pidfd_open", LAUNCH_CLONE_VFORK_SHARED_FDS, LAUNCH_CLOSE_FDS_UNSHARE, LAUNCH_PIDFD_CLONE, false},
    {"pidfd_send_signal", LAUNCH_CLONE_VFORK_SHARED_FDS, LAUNCH_CLOSE_FDS_UNSHARE, LAUNCH_PIDFD_CLONE, false},
    {"waitid", LAUNCH_CLONE_VFORK_SHARED_FDS, LAUNCH_CLOSE_FDS_UNSHARE, LAUNCH_PIDFD_CLONE, false},
    {"waitid:pidfd", LAUNCH_CLONE_VFORK_SHARED_FDS, LAUNCH_CLOSE_FDS_UNSHARE, LAUNCH_PIDFD_CLONE, false},
    {"sendmsg", LAUNCH_CLONE_VFORK, LAUNCH_CLOSE_FDS_RANGE, LAUNCH_PIDFD_CLONE, false},
    {"recvmsg", LAUNCH_CLONE_VFORK, LAUNCH_CLOSE_FDS_RANGE, LAUNCH_PIDFD_CLONE, true},
};

enum { DENIALS_MAX = COUNT(denials) };

struct scene {
  const struct denial *denied[DENIALS_MAX];
  size_t count;
  const char *answer;
  bool late;       /* after the probes: a program that enters a sandbox */
  bool old_kernel; /* by its version */
  bool had_clone3;
};

/* Also by those that forbid flags of clone(2): see seccomp.c. */
static bool denies_clone3(const struct scene *scene) {
  for (size_t i = 0; i < scene->count; i++)
    if (strncmp(scene->denied[i]->subject, "clone", strlen("clone")) == 0) return true;
  return false;
}

static void deny(const struct scene *scene) {
  static char rules[DENIALS_MAX][64];
  char *list[DENIALS_MAX];
  for (size_t i = 0; i < scene->count; i++) {
    snprintf(rules[i], sizeof rules[i], "%s=%s", scene->denied[i]->subject, scene->answer);
    list[i] = rules[i];
  }
  ASSERT_ZERO(seccomp_install(list, scene->count));
  test_without_leak_check();
}

static void expect_capabilities(const struct launch_capabilities *found, const struct scene *scene) {
  enum launch_clone_mode clone_mode = LAUNCH_CLONE_VFORK_SHARED_FDS;
  enum launch_close_fds close_fds = LAUNCH_CLOSE_FDS_UNSHARE;
  enum launch_pidfd pidfd = LAUNCH_PIDFD_CLONE;
  for (size_t i = 0; i < scene->count; i++) {
    if (scene->denied[i]->clone_mode > clone_mode) clone_mode = scene->denied[i]->clone_mode;
    if (scene->denied[i]->close_fds > close_fds) close_fds = scene->denied[i]->close_fds;
    if (scene->denied[i]->pidfd > pidfd) pidfd = scene->denied[i]->pidfd;
  }
  ASSERT(found->probed);
  ASSERT_EQ(found->clone_mode, clone_mode);
  ASSERT_EQ(found->close_fds, close_fds);
  ASSERT_EQ(found->pidfd, pidfd);
  ASSERT_EQ(found->handlers_reset, scene->had_clone3 && !denies_clone3(scene));
  ASSERT_EQ(found->clone_mode_error < 0, clone_mode != LAUNCH_CLONE_VFORK_SHARED_FDS);
  ASSERT_EQ(found->close_fds_error < 0, close_fds != LAUNCH_CLOSE_FDS_UNSHARE);
  ASSERT_EQ(found->pidfd_error < 0, pidfd != LAUNCH_PIDFD_CLONE);
}

/* uname(2) tells of Linux 2.6. */
static void become_old_kernel(void) {
  CHECKED(personality(UNAME26));
}

static void play(void *argument) {
  struct scene *scene = argument;
  static struct parent_state before;
  scene->had_clone3 = kernel_has_clone3();
  if (scene->old_kernel) become_old_kernel();
  CHECKED(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)); /* an orphan of a probe's child would come here */
  struct launch_context *context = open_context();
  if (scene->late) probe_capabilities(context);
  deny(scene);
  parent_state_take(&before, context);
  const struct launch_capabilities found = probe_capabilities(context);
  expect_no_children();
  EXPECT_UNCHANGED(&before, context);
  if (!scene->late) expect_capabilities(&found, scene);
  check_everything(context);
  launch_context_close(context);
}

static void play_in_fork(struct scene *scene) {
  char names[120] = "";
  for (size_t i = 0; i < scene->count; i++) {
    strncat(names, " ", sizeof names - strlen(names) - 1);
    strncat(names, scene->denied[i]->subject, sizeof names - strlen(names) - 1);
  }
  test_section("%s%s%s%s", scene->answer, scene->late ? " late" : "", scene->old_kernel ? " old" : "", names);
  in_fork(play, scene);
}

static void deny_singly_and_in_pairs(const char *answer, bool late) {
  for (size_t i = 0; i < COUNT(denials); i++) {
    play_in_fork(&(struct scene){{&denials[i]}, 1, answer, .late = late});
    for (size_t j = i + 1; j < COUNT(denials); j++)
      play_in_fork(&(struct scene){{&denials[i], &denials[j]}, 2, answer, .late = late});
  }
}

static void deny_everything(const char *answer, bool late) {
  struct scene scene = {.count = COUNT(denials), .answer = answer, .late = late};
  for (size_t i = 0; i < COUNT(denials); i++)
    scene.denied[i] = &denials[i];
  play_in_fork(&scene);
}

static void deny_in_turn(const char *answer) {
  if (!kernel_can_unshare()) test_skip("this kernel has no CLOSE_RANGE_UNSHARE to begin with");
  open_some_numbers();
  for (int late = 0; late < 2; late++) {
    deny_singly_and_in_pairs(answer, late);
    deny_everything(answer, late);
  }
}

TEST(missing_calls_change_no_result, NATIVE) {
  deny_in_turn("ENOSYS");
}

/* As old container runtimes answer. */
TEST(forbidden_calls_change_no_result, NATIVE) {
  deny_in_turn("EPERM");
}

static const struct denial *denial_of(const char *subject) {
  for (size_t i = 0; i < COUNT(denials); i++)
    if (strcmp(denials[i].subject, subject) == 0) return &denials[i];
  FAIL("%s is not in the list", subject);
}

/* Before Linux 5.16 a death that dumps core takes along all that share the memory. */
static bool child_can_die_alone(void) {
  int status;
  CHECKED(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
  const pid_t pid = CHECKED(fork());
  if (pid == 0) {
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    if (vfork() == 0) kill(getpid(), SIGQUIT);
    _exit(0);
  }
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  while (waitpid(-1, NULL, 0) > 0)
    continue;
  return WIFEXITED(status);
}

static void kill_one(const char *subject, const char *answer, bool late, bool old_kernel) {
  play_in_fork(&(struct scene){{denial_of(subject)}, 1, answer, .late = late, .old_kernel = old_kernel});
}

/* By a filter that comes after the probes only where that harms nobody else. */
static void kill_in_turn(const char *answer, bool old_kernel) {
  const bool late_too = child_can_die_alone();
  for (size_t i = 0; i < COUNT(denials); i++) {
    if (!denials[i].in_child) continue;
    kill_one(denials[i].subject, answer, false, old_kernel);
    if (late_too) kill_one(denials[i].subject, answer, true, old_kernel);
  }
  /* Called by the caller itself, but only where a child has asked before. */
  kill_one("clone3", answer, false, old_kernel);
  kill_one("clone:files", answer, false, old_kernel);
  kill_one("pidfd_send_signal", answer, false, old_kernel);
}

static void kill_in_every_manner(bool old_kernel) {
  if (!kernel_can_unshare()) test_skip("this kernel has no CLOSE_RANGE_UNSHARE to begin with");
  open_some_numbers();
  kill_in_turn("TRAP", old_kernel);
  kill_in_turn("KILL", old_kernel);
  kill_in_turn("KILL_THREAD", old_kernel);
}

TEST(calls_that_kill_the_child_change_no_result, NATIVE) {
  kill_in_every_manner(false);
}

TEST(calls_that_kill_a_child_with_own_memory_change_no_result, NATIVE) {
  kill_in_every_manner(true);
}

/* As with vm.overcommit_memory=2 in a large process. */
TEST(old_kernel_without_memory_for_probes_takes_old_calls, NATIVE) {
  become_old_kernel();
  struct launch_context *context = open_context();
  refuse("clone:copy=ENOMEM");
  test_without_leak_check();
  const struct launch_capabilities found = probe_capabilities(context);
  ASSERT(!found.probed);
  ASSERT_EQ(found.clone_mode, LAUNCH_CLONE_VFORK);
  ASSERT_EQ(found.close_fds, LAUNCH_CLOSE_FDS_PROC);
  open_some_numbers();
  check_everything(context);
  launch_context_close(context);
}

struct fatal_call {
  const char *rule;
  enum launch_step step;
  bool old_kernel;
};

static void launch_and_fail(void *argument) {
  const struct fatal_call *call = argument;
  const struct launch_fd fds[] = {{1, fresh_fd()}};
  struct probe probe;
  probe_init(&probe);
  probe_give(&probe, fds, COUNT(fds));
  if (call->old_kernel) become_old_kernel();
  struct launch_context *context = open_context();
  refuse(call->rule);
  test_without_leak_check();
  const struct launch_error error = launch_failing(context, &probe.plan);
  ASSERT_EQ(error.step, call->step);
  ASSERT_EQ(error.error, -ECANCELED);
  ASSERT_EQ(error.signal, SIGSYS);
  expect_no_children();
  launch_context_close(context);
}

TEST(call_that_every_method_needs_fails_and_names_the_step, NATIVE) {
  in_fork(launch_and_fail, &(struct fatal_call){"dup2=KILL", LAUNCH_STEP_STDIO, false});
  in_fork(launch_and_fail, &(struct fatal_call){"dup2=KILL", LAUNCH_STEP_STDIO, true});
  if (!child_can_die_alone()) return;
  in_fork(launch_and_fail, &(struct fatal_call){"sigaltstack=KILL", LAUNCH_STEP_SIGNALS, false});
}

/* As a sandbox does that knows a call by name only. */
TEST(close_range_that_does_nothing_is_not_believed, NATIVE) {
  if (!kernel_can_unshare()) test_skip("this kernel has no CLOSE_RANGE_UNSHARE to begin with");
  open_some_numbers();
  for (size_t i = 0; i < COUNT(denials); i++)
    if (strncmp(denials[i].subject, "close_range", strlen("close_range")) == 0)
      play_in_fork(&(struct scene){{&denials[i]}, 1, "NOTHING", .late = false});
}

static void find_ignored_unshare(void *argument) {
  (void)argument;
  struct launch_context *context = open_context();
  const struct launch_capabilities found = probe_capabilities(context);
  ASSERT(found.probed);
  ASSERT_EQ(found.clone_mode, LAUNCH_CLONE_VFORK);
  ASSERT_EQ(found.clone_mode_error, -ENOSYS);
  ASSERT_EQ(found.close_fds, LAUNCH_CLOSE_FDS_RANGE);
  check_everything(context);
  launch_context_close(context);
}

TEST(ignored_unshare_is_found_out, NATIVE) {
  if (!kernel_can_unshare()) test_skip("this kernel has no CLOSE_RANGE_UNSHARE to begin with");
  open_some_numbers();
  in_fork_that_ignores_unshare(find_ignored_unshare, NULL);
}

/* ---- without /proc ----------------------------------------------------------------------------------------------------- */

static void without_proc(void) {
  const int error = hide_proc();
  test_without_leak_check();
  if (error != 0) test_skip("a mount namespace of our own: %s", strerror(-error));
}

TEST(no_proc_is_needed, NATIVE) {
  open_some_numbers();
  without_proc();
  struct launch_context *context = open_context();
  const struct launch_capabilities found = probe_capabilities(context);
  if (kernel_can_unshare()) ASSERT_EQ(found.clone_mode, LAUNCH_CLONE_VFORK_SHARED_FDS);
  check_everything(context);
  launch_context_close(context);
}

static void expect_seal_error(struct launch_context *context) {
  static struct parent_state before;
  struct probe probe;
  probe_init(&probe);
  parent_state_take(&before, context);
  const struct launch_error error = launch_failing(context, &probe.plan);
  ASSERT_EQ(error.step, LAUNCH_STEP_CLOSE_FDS);
  ASSERT_LT(error.error, 0);
  ASSERT(!probe_has_reported(&probe));
  EXPECT_UNCHANGED(&before, context);
}

/* What takes the last seal away, before the probes or after them. */
struct loss {
  void (*take_away)(void);
  bool late;
};

static void lose_and_launch(void *argument) {
  const struct loss *loss = argument;
  struct launch_context *context = open_context();
  if (loss->late) probe_capabilities(context);
  loss->take_away();
  const struct launch_capabilities found = probe_capabilities(context);
  if (!loss->late) ASSERT_EQ(found.close_fds, LAUNCH_CLOSE_FDS_NONE);
  expect_seal_error(context);
  expect_seal_error(context);
  launch_context_close(context);
}

static void expect_nothing_to_start_without(void (*take_away)(void)) {
  open_some_numbers();
  in_fork(lose_and_launch, &(struct loss){take_away, .late = false});
  in_fork(lose_and_launch, &(struct loss){take_away, .late = true});
}

static void lose_proc_and_close_range(void) {
  without_proc();
  refuse("close_range=EPERM");
}

TEST(without_proc_and_close_range_nothing_starts, NATIVE) {
  expect_nothing_to_start_without(lose_proc_and_close_range);
}

/* Something else is mounted there, and lists no descriptor. */
static void get_another_proc(void) {
  without_proc();
  CHECKED(mkdir("/proc/self", 0755));
  CHECKED(mkdir("/proc/self/fd", 0755));
  refuse("close_range=ENOSYS");
}

TEST(directory_that_is_no_procfs_is_not_believed, NATIVE) {
  expect_nothing_to_start_without(get_another_proc);
}

static void lose_listing(void) {
  refuse("getdents64=EPERM");
  refuse("close_range=EPERM");
  test_without_leak_check();
}

TEST(forbidden_listing_is_no_empty_listing, NATIVE) {
  expect_nothing_to_start_without(lose_listing);
}
