/* Signals: what the program starts with, and those that arrive while a child is being made. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

struct kernel_action {
  void (*handler)(int);
  unsigned long flags;
  void (*restorer)(void);
  uint64_t mask;
};

/* libc refuses to touch 32 and 33. */
static void set_raw(int signal, void (*handler)(int)) {
  const struct kernel_action action = {.handler = handler};
  CHECKED(syscall(SYS_rt_sigaction, signal, &action, NULL, sizeof action.mask));
}

static void block_raw(uint64_t mask) {
  CHECKED(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof mask));
}

static atomic_int handler_runs;
static void count_run(int signal) {
  (void)signal;
  atomic_fetch_add(&handler_runs, 1);
}

static bool can_be_set(int signal) {
  return signal != SIGKILL && signal != SIGSTOP;
}

static void run_probe(struct launch_context *context, struct probe_report *ret_report) {
  struct probe probe;
  probe_init(&probe);
  probe_scan_up_to(&probe, 20);
  probe_run(context, &probe, ret_report);
}

/* ---- what the program starts with ---------------------------------------------------------------------------------------- */

static void check_clean(struct launch_context *context) {
  struct probe_report report;
  run_probe(context, &report);
  ASSERT_EQ(report.blocked, 0);
  ASSERT_EQ(report.ignored, 0);
  ASSERT_EQ(report.caught, 0);
}

TEST(program_starts_with_nothing_blocked_or_ignored, NATIVE) {
  for (int signal = 1; signal <= 31; signal++)
    if (can_be_set(signal) && signal != SIGCHLD) set_raw(signal, signal % 2 ? SIG_IGN : count_run);
  for (int signal = 32; signal <= 64; signal++)
    set_raw(signal, count_run);
  block_raw(UINT64_MAX);
  in_every_way(check_clean);
}

static void check_ignored(struct launch_context *context) {
  struct probe_report report;
  run_probe(context, &report);
  ASSERT_EQ(report.ignored, UINT64_C(1) << 39 | UINT64_C(1) << 63);
}

/* As libuv does. */
TEST(ignored_real_time_signal_stays_ignored, NATIVE) {
  set_raw(40, SIG_IGN);
  set_raw(64, SIG_IGN);
  in_every_way(check_ignored);
}

/* ---- signals in the window ---------------------------------------------------------------------------------------------- */

static void check_signal_at_gate(struct launch_context *context, enum launch_test_hook hook, int signal) {
  struct held held;
  struct probe probe;
  probe_init(&probe);
  held_start(&held, context, &probe.plan, hook);
  CHECKED((int)syscall(SYS_kill, launch_test_hook_pid(context), signal));
  held_finish(&held);
  EXPECT_ERROR(held.error, LAUNCH_STEP_SIGNAL_MASK, ECANCELED);
  ASSERT_EQ(held.error.signal, signal);
  ASSERT_EQ(handler_runs, 0);
  ASSERT(!probe_has_reported(&probe));
  expect_no_children();
}

static const int deadly[] = {SIGUSR1, SIGINT, SIGTERM, 32, 33, 34, 36, 64};

static void check_signals_at_gates(struct launch_context *context) {
  for (size_t i = 0; i < COUNT(deadly); i++) {
    check_signal_at_gate(context, LAUNCH_TEST_HOOK_UNSHARE, deadly[i]);
    check_signal_at_gate(context, LAUNCH_TEST_HOOK_SIGNAL_MASK, deadly[i]);
  }
  check_clean(context);
}

/* It would run on the caller's memory. */
TEST(no_handler_of_the_caller_runs_in_the_child, NATIVE) {
  for (size_t i = 0; i < COUNT(deadly); i++)
    set_raw(deadly[i], count_run);
  in_the_main_ways(check_signals_at_gates);
}

static void check_killed_at_gate(struct launch_context *context, enum launch_test_hook hook,
                                 enum launch_step step) {
  struct held held;
  struct probe probe;
  probe_init(&probe);
  held_start(&held, context, &probe.plan, hook);
  CHECKED(kill(launch_test_hook_pid(context), SIGKILL));
  held_join(&held);
  launch_test_hook_release(context, hook);
  EXPECT_ERROR(held.error, step, ECANCELED);
  ASSERT_EQ(held.error.signal, SIGKILL);
  expect_no_children();
}

static void check_killed_at_gates(struct launch_context *context) {
  check_killed_at_gate(context, LAUNCH_TEST_HOOK_UNSHARE, LAUNCH_STEP_SIGNALS);
  check_killed_at_gate(context, LAUNCH_TEST_HOOK_SIGNAL_MASK, LAUNCH_STEP_SIGNAL_MASK);
  check_clean(context);
}

TEST(killed_before_exec_is_a_failure, NATIVE) {
  in_the_main_ways(check_killed_at_gates);
}

/* ---- inside execve ----------------------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t lease_is_wanted;

static void note_lease_break(int signal) {
  (void)signal;
  lease_is_wanted = 1;
}

/* execve(2) waits in open until the lease on the program is given back. */
static void check_killed_inside_exec(struct launch_context *context) {
  struct held held;
  struct probe probe;
  struct launch_exit ending;
  probe_init(&probe);
  probe.plan.file = write_file("leased", 0755, "#!/bin/true\n");
  const int file = CHECKED(open(probe.plan.file, O_RDONLY | O_CLOEXEC));
  CHECKED(fcntl(file, F_SETLEASE, F_WRLCK));
  lease_is_wanted = 0;
  held_start(&held, context, &probe.plan, LAUNCH_TEST_HOOK_SIGNAL_MASK);
  launch_test_hook_release(context, LAUNCH_TEST_HOOK_SIGNAL_MASK);
  EVENTUALLY(lease_is_wanted);
  CHECKED(kill(launch_test_hook_pid(context), SIGKILL));
  held_join(&held);
  CHECKED(fcntl(file, F_SETLEASE, F_UNLCK));
  CHECKED(close(file));
  ASSERT_ZERO(held.result);
  wait_for_exit(&held.child, &ending);
  ASSERT(!ending.lost);
  ASSERT_EQ(ending.signal, SIGKILL);
  expect_no_children();
}

/* As with libuv: it can't be told from a death by the program's first instruction. */
TEST(killed_inside_exec_is_a_start, NATIVE) {
  signal(SIGIO, note_lease_break);
  in_the_main_ways(check_killed_inside_exec);
}

/* ---------------------------------------------------------------------------------------------------------------------------- */

/* How the child of the first attempt ends; the gate remembers the pid of the last. */
static bool is_tried_again(struct launch_context *context, int signal) {
  struct held held;
  struct probe probe;
  probe_init(&probe);
  launch_fail_at(context, LAUNCH_STEP_CLOSE_FDS, 0, signal);
  held_start(&held, context, &probe.plan, LAUNCH_TEST_HOOK_UNSHARE);
  const pid_t pid = launch_test_hook_pid(context);
  held_finish(&held);
  EXPECT_ERROR(held.error, LAUNCH_STEP_CLOSE_FDS, ECANCELED);
  ASSERT_EQ(held.error.signal, signal);
  launch_fail_at(context, LAUNCH_STEP_COUNT, 0, 0);
  return launch_test_hook_pid(context) != pid;
}

/* A filter may answer with SIGSYS, and then a slower way can help; any other signal was meant for the child. */
TEST(killed_child_is_not_started_again, NATIVE) {
  struct launch_context *context = open_context();
  check_clean(context);
  ASSERT(!is_tried_again(context, SIGKILL));
  ASSERT(!is_tried_again(context, SIGTERM));
  ASSERT(is_tried_again(context, SIGSYS));
  check_clean(context);
  launch_context_close(context);
}

TEST(killed_probe_is_made_again, NATIVE) {
  struct launch_context *context = open_context();
  struct launch_capabilities found;
  launch_fail_at(context, LAUNCH_STEP_CLOSE_FDS, 0, SIGKILL);
  launch_probe(context, &found);
  ASSERT(!found.probed);
  launch_fail_at(context, LAUNCH_STEP_COUNT, 0, 0);
  launch_probe(context, &found);
  ASSERT(found.probed);
  ASSERT_NE(found.close_fds, LAUNCH_CLOSE_FDS_NONE);
  check_clean(context);
  launch_context_close(context);
}

static void check_callers_signal(struct launch_context *context) {
  struct held held;
  struct probe probe;
  probe_init(&probe);
  handler_runs = 0;
  held_start(&held, context, &probe.plan, LAUNCH_TEST_HOOK_SIGNAL_MASK);
  ASSERT_ZERO(pthread_kill(held.thread, SIGUSR1));
  held_finish(&held);
  ASSERT_ZERO(held.result);
  expect_exit_code(&held.child, 0);
  ASSERT_EQ(handler_runs, 1);
}

TEST(signal_for_the_caller_waits_for_the_launch, NATIVE) {
  signal(SIGUSR1, count_run);
  in_the_main_ways(check_callers_signal);
}

/* ---- job control ---------------------------------------------------------------------------------------------------------- */

static char state_of(pid_t pid) {
  char path[64], text[512];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  const char *end = strrchr(read_text(path, text, sizeof text), ')');
  return end == NULL ? '?' : end[2];
}

/*
 * A job: this process and the child it makes, in one process group; the test plays the shell. The thread that opens the
 * gate takes no signal, so that to the kernel the job looks like a program of one thread.
 */
struct job {
  struct launch_context *context;
  enum launch_test_hook hook;
  int to_shell, from_shell;
};

static void *open_gate_on_command(void *argument) {
  const struct job *job = argument;
  char byte;
  EVENTUALLY(launch_test_hook_reached(job->context, job->hook));
  const pid_t pid = launch_test_hook_pid(job->context);
  ASSERT_EQ(write(job->to_shell, &pid, sizeof pid), sizeof pid);
  ASSERT_EQ(read(job->from_shell, &byte, 1), 1);
  launch_test_hook_release(job->context, job->hook);
  return NULL;
}

static _Noreturn void run_job(struct job *job) {
  pthread_t thread;
  struct probe probe;
  struct probe_report report;
  struct launch_child child;
  CHECKED(setpgid(0, 0));
  /* A context notices the fork at its next launch, and forgets the gates then. */
  run_probe(job->context, &report);
  probe_init(&probe);
  probe_then(&probe, "pause");
  launch_test_hook_arm(job->context, job->hook);
  block_raw(UINT64_MAX);
  ASSERT_ZERO(pthread_create(&thread, NULL, open_gate_on_command, job));
  block_raw(0);
  probe_start(job->context, &probe, &child);
  ASSERT_ZERO(pthread_join(thread, NULL));
  EVENTUALLY(probe_has_reported(&probe));
  kill_and_reap(&child);
  _exit(0);
}

static void check_stop(struct launch_context *context, enum launch_test_hook hook, int signal) {
  int to_shell[2], from_shell[2], status;
  pid_t child;
  CHECKED(pipe2(to_shell, O_CLOEXEC));
  CHECKED(pipe2(from_shell, O_CLOEXEC));
  const pid_t pid = CHECKED(fork());
  if (pid == 0) run_job(&(struct job){context, hook, to_shell[1], from_shell[0]});
  ASSERT_EQ(read(to_shell[0], &child, sizeof child), sizeof child);
  CHECKED(kill(-pid, signal));
  ASSERT_EQ(write(from_shell[1], "", 1), 1);

  EVENTUALLY(waitpid(pid, &status, WUNTRACED | WNOHANG) == pid);
  ASSERT(WIFSTOPPED(status));
  ASSERT_EQ(WSTOPSIG(status), signal);
  EVENTUALLY(state_of(child) == 'T');
  CHECKED(kill(-pid, SIGCONT));
  EVENTUALLY(waitpid(pid, &status, WNOHANG) == pid);
  ASSERT_EQ(status, 0);
  close_all((int[]){to_shell[0], to_shell[1], from_shell[0], from_shell[1]}, 4);
}

static void check_stops(struct launch_context *context) {
  static const int stops[] = {SIGTSTP, SIGTTIN, SIGTTOU};
  for (size_t i = 0; i < COUNT(stops); i++) {
    check_stop(context, LAUNCH_TEST_HOOK_UNSHARE, stops[i]);
    check_stop(context, LAUNCH_TEST_HOOK_SIGNAL_MASK, stops[i]);
    check_stop(context, LAUNCH_TEST_HOOK_EXEC, stops[i]);
  }
}

/*
 * A child that stopped before exec would keep its parent from joining the stop: the terminal would hang. And one that
 * is stopped late, when the job goes on, would stay so.
 */
TEST(stop_of_the_job_before_exec_stops_all_of_it, NATIVE) {
  in_the_main_ways(check_stops);
}

/* Stop signals are of no effect in a process group without a parent in another group of its session. */
static void check_as_job(void *check) {
  CHECKED(setpgid(0, 0));
  in_the_main_ways(*(void (**)(struct launch_context *))check);
}

static void in_the_main_ways_as_job(void (*check)(struct launch_context *context)) {
  in_fork(check_as_job, &check);
}

static const enum launch_test_hook job_control_gates[] = {
    LAUNCH_TEST_HOOK_UNSHARE, LAUNCH_TEST_HOOK_SIGNAL_MASK, LAUNCH_TEST_HOOK_EXEC};

static void start_with_signals(struct launch_context *context, struct probe *probe,
                               enum launch_test_hook hook, const int *signals, size_t count,
                               struct held *held) {
  probe_then(probe, "pause");
  held_start(held, context, &probe->plan, hook);
  for (size_t i = 0; i < count; i++)
    CHECKED(kill(launch_test_hook_pid(context), signals[i]));
  held_finish(held);
  ASSERT_ZERO(held->result);
}

static void expect_stopped_before_main(const struct probe *probe, struct held *held) {
  EVENTUALLY(state_of(held->child.pid) == 'T');
  ASSERT(!probe_has_reported(probe));
  ASSERT_ZERO(launch_signal(&held->child, SIGCONT));
  EVENTUALLY(probe_has_reported(probe));
  kill_and_reap(&held->child);
}

static void check_stop_of_the_child(struct launch_context *context) {
  for (size_t i = 0; i < COUNT(job_control_gates); i++) {
    struct held held;
    struct probe probe;
    probe_init(&probe);
    start_with_signals(context, &probe, job_control_gates[i], (int[]){SIGTTOU, SIGTSTP}, 2, &held);
    expect_stopped_before_main(&probe, &held);
  }
}

/* The kernel stops it: a parent that is stopped itself, by one of its other threads, can't. */
TEST(stop_of_the_child_before_exec_stops_the_program, NATIVE) {
  in_the_main_ways_as_job(check_stop_of_the_child);
}

static void check_taken_back_stop(struct launch_context *context) {
  for (size_t i = 0; i < COUNT(job_control_gates); i++) {
    struct held held;
    struct probe probe;
    struct probe_report report;
    probe_init(&probe);
    start_with_signals(context, &probe, job_control_gates[i], (int[]){SIGTSTP, SIGCONT}, 2, &held);
    EVENTUALLY(probe_has_reported(&probe));
    probe_read(&probe, &report);
    ASSERT_EQ(report.caught | report.ignored | report.blocked, 0);
    EXPECT_EXACT(&report, NULL, 0);
    kill_and_reap(&held.child);
  }
}

TEST(sigcont_before_exec_takes_the_stop_back, NATIVE) {
  in_the_main_ways_as_job(check_taken_back_stop);
}

static void check_stop_without_numbers(struct launch_context *context) {
  const struct launch_rlimit limit = {RLIMIT_NOFILE, true, true, 1, 1};
  struct held held;
  struct probe probe;
  probe_init(&probe);
  probe.plan.rlimits = &limit;
  probe.plan.rlimit_count = 1;
  start_with_signals(context, &probe, LAUNCH_TEST_HOOK_EXEC, (int[]){SIGTTIN}, 1, &held);
  EVENTUALLY(state_of(held.child.pid) == 'T');
  kill_and_reap(&held.child);
}

TEST(stop_of_a_child_without_a_free_number_is_sent_again, NATIVE) {
  in_the_main_ways_as_job(check_stop_without_numbers);
}

static void check_failure_after_stop(struct launch_context *context) {
  struct held held;
  struct probe probe;
  probe_init(&probe);
  probe.plan.file = "/no/such/program";
  held_start(&held, context, &probe.plan, LAUNCH_TEST_HOOK_EXEC);
  CHECKED(kill(launch_test_hook_pid(context), SIGTSTP));
  held_finish(&held);
  EXPECT_ERROR(held.error, LAUNCH_STEP_EXEC, ENOENT);
  expect_no_children();
}

TEST(stop_before_exec_hides_no_failure, NATIVE) {
  in_the_main_ways_as_job(check_failure_after_stop);
}

/* ---- SIGCHLD -------------------------------------------------------------------------------------------------------------- */

static void check_no_sigchld(struct launch_context *context) {
  struct probe probe;
  struct probe_report report;
  handler_runs = 0;
  probe_init(&probe);
  probe.plan.file = "/no/such/program";
  (void)launch_failing(context, &probe.plan);
  ASSERT_EQ(handler_runs, 0);
  probe_init(&probe);
  probe_run(context, &probe, &report);
  EVENTUALLY(handler_runs == 1);
}

/* Programs with a SIGCHLD handler of their own see children only, no attempts. */
TEST(failed_launch_sends_no_sigchld, NATIVE) {
  signal(SIGCHLD, count_run);
  struct launch_context *context = open_context();
  struct probe_report report;
  run_probe(context, &report);
  check_no_sigchld(context);
  launch_context_close(context);
}
