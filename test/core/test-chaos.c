/* Launches while other threads do their worst: each child must hold exactly what it was given, pipes must end. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

enum { DURATION_MS = 2000, LAUNCHERS = 4, HELD_MAX = 48, STORM_FIRST = 400, STORM_COUNT = 24, GROWTH = 4000 };

static atomic_bool stop;
static atomic_int launches, shot_down;
static pid_t owner;
static atomic_bool handler_ran_elsewhere;

/* Forked children have a copy of this memory, the children of a launch would have the original. */
static void note_process(int signal) {
  (void)signal;
  if (getpid() != owner) atomic_store(&handler_ran_elsewhere, true);
}

/* ---- those who disturb -------------------------------------------------------------------------------------------------- */

static int open_something(unsigned *seed) {
  int ends[2];
  switch (rand_r(seed) % 4) {
  case 0:
    return memfd_create("chaos", 0);
  case 1:
    return memfd_create("chaos", MFD_CLOEXEC);
  case 2:
    return dup(2);
  default:
    if (pipe(ends) < 0) return -1;
    close(ends[1]);
    return ends[0];
  }
}

static void *open_and_close(void *argument) {
  unsigned seed = (unsigned)(uintptr_t)argument;
  int held[HELD_MAX];
  memset(held, -1, sizeof held);
  while (!atomic_load(&stop)) {
    int *slot = &held[(unsigned)rand_r(&seed) % HELD_MAX];
    if (*slot >= 0) close(*slot);
    *slot = *slot >= 0 ? -1 : open_something(&seed);
  }
  for (size_t i = 0; i < HELD_MAX; i++)
    if (held[i] >= 0) close(held[i]);
  return NULL;
}

static void *replace(void *argument) {
  unsigned seed = (unsigned)(uintptr_t)argument;
  while (!atomic_load(&stop)) {
    const int from = STORM_FIRST + rand_r(&seed) % STORM_COUNT,
              to = STORM_FIRST + rand_r(&seed) % STORM_COUNT;
    CHECKED(dup2(from, to));
  }
  return NULL;
}

static void *grow(void *argument) {
  static int numbers[GROWTH];
  (void)argument;
  while (!atomic_load(&stop)) {
    int count = 0;
    while (count < GROWTH && !atomic_load(&stop) && (numbers[count] = dup(1)) >= 0)
      count++;
    while (count > 0)
      close(numbers[--count]);
  }
  return NULL;
}

static void *fork_and_spawn(void *argument) {
  char *argv[] = {"true", NULL}, *no_environment[] = {NULL};
  (void)argument;
  while (!atomic_load(&stop)) {
    pid_t pid = fork();
    if (pid == 0) _exit(0);
    while (waitpid(pid, NULL, 0) < 0)
      ASSERT_EQ(errno, EINTR);
    ASSERT_ZERO(posix_spawn(&pid, "/bin/true", NULL, NULL, argv, no_environment));
    while (waitpid(pid, NULL, 0) < 0)
      ASSERT_EQ(errno, EINTR);
  }
  return NULL;
}

static const int storm_signals[] = {SIGALRM, SIGPROF, SIGUSR1, SIGCHLD, SIGWINCH};

/* To this process as a rule; now and then to the whole group, which kills what has just been started. */
static void *send_signals(void *argument) {
  unsigned seed = (unsigned)(uintptr_t)argument;
  while (!atomic_load(&stop)) {
    kill(owner, storm_signals[(unsigned)rand_r(&seed) % COUNT(storm_signals)]);
    kill(owner, SIGRTMIN + 2);
    if (rand_r(&seed) % 64 == 0) kill(0, SIGUSR2);
    test_pause();
  }
  return NULL;
}

/* ---- those who launch ---------------------------------------------------------------------------------------------------- */

static void expect_end_of_file(int fd) {
  char byte;
  struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
  int ready;
  EVENTUALLY((ready = poll(&poll_fd, 1, TEST_PATIENCE_MS)) >= 0);
  ASSERT_EQ(ready, 1);
  ASSERT_EQ(read(fd, &byte, 1), 0);
}

static void expect_shot_down(int signal) {
  ASSERT_EQ(signal, SIGUSR2);
  atomic_fetch_add(&shot_down, 1);
}

static void check_child(struct launch_child *child, const struct probe *probe, const struct launch_fd *fds,
                        size_t count) {
  static _Thread_local struct probe_report report;
  struct launch_exit ending;
  wait_for_exit(child, &ending);
  ASSERT(!ending.lost);
  if (ending.signal != 0) {
    expect_shot_down(ending.signal);
    return;
  }
  ASSERT_EQ(ending.code, 0);
  probe_read(probe, &report);
  EXPECT_EXACT(&report, fds, count);
  ASSERT_EQ(report.blocked | report.ignored | report.caught, 0);
  atomic_fetch_add(&launches, 1);
}

static void launch_once(struct launch_context *context) {
  struct probe probe;
  struct launch_child child;
  struct launch_error error;
  int ends[2];
  const int file = CHECKED(memfd_create("given", MFD_CLOEXEC));
  CHECKED(pipe2(ends, O_CLOEXEC));
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, ends[1]}, {2, file}, {7, ends[1]}};
  probe_init(&probe);
  probe_scan_up_to(&probe, GROWTH + 1000);
  probe_give(&probe, fds, COUNT(fds));
  if (launch(context, &probe.plan, &child, &error) == 0) {
    check_child(&child, &probe, fds, COUNT(fds));
  } else {
    EXPECT_ERROR(error, LAUNCH_STEP_SIGNAL_MASK, ECANCELED);
    expect_shot_down(error.signal);
  }
  close(ends[1]);
  expect_end_of_file(ends[0]);
  close(ends[0]);
  close(file);
  unlink(probe.report_path);
}

static const struct method methods[LAUNCHERS] = {
    {LAUNCH_CLONE_VFORK_SHARED_FDS, LAUNCH_CLOSE_FDS_UNSHARE, LAUNCH_PIDFD_CLONE, true, false, false},
    {LAUNCH_CLONE_VFORK_SHARED_FDS, LAUNCH_CLOSE_FDS_UNSHARE, LAUNCH_PIDFD_CLONE, false, true, false},
    {LAUNCH_CLONE_VFORK, LAUNCH_CLOSE_FDS_RANGE, LAUNCH_PIDFD_CLONE, false, false, false},
    {LAUNCH_CLONE_VFORK, LAUNCH_CLOSE_FDS_PROC, LAUNCH_PIDFD_CLONE, false, false, false},
};

static void *launch_on(void *argument) {
  struct launch_context *context = argument;
  while (!atomic_load(&stop))
    launch_once(context);
  return NULL;
}

/* ---- all at once ------------------------------------------------------------------------------------------------------------ */

static void handle_signals(void) {
  struct sigaction action = {.sa_handler = note_process, .sa_flags = SA_RESTART};
  for (size_t i = 0; i < COUNT(storm_signals); i++)
    sigaction(storm_signals[i], &action, NULL);
  sigaction(SIGUSR2, &action, NULL);
  sigaction(SIGRTMIN + 2, &action, NULL);
}

static void start_thread(pthread_t *thread, void *(*run)(void *), void *argument) {
  ASSERT_ZERO(pthread_create(thread, NULL, run, argument));
}

TEST(children_in_chaos_hold_what_they_were_given, NATIVE) {
  static void *(*const others[])(void *) = {open_and_close, open_and_close, replace,
                                            grow,           fork_and_spawn, send_signals};
  struct launch_context *contexts[LAUNCHERS];
  pthread_t threads[LAUNCHERS + COUNT(others)];

  allow_fds_up_to(GROWTH + 1000);
  owner = getpid();
  handle_signals();
  for (int i = 0; i < STORM_COUNT; i++)
    fresh_fd_at(STORM_FIRST + i);
  for (size_t i = 0; i < LAUNCHERS; i++) {
    contexts[i] = open_context_for(methods[i]);
    start_thread(&threads[i], launch_on, contexts[i]);
  }
  test_section("chaos");
  for (size_t i = 0; i < COUNT(others); i++)
    start_thread(&threads[LAUNCHERS + i], others[i], (void *)(i + 1));

  const int64_t end = test_milliseconds() + DURATION_MS;
  while (test_milliseconds() < end)
    test_pause();
  atomic_store(&stop, true);
  for (size_t i = 0; i < COUNT(threads); i++)
    ASSERT_ZERO(pthread_join(threads[i], NULL));
  for (size_t i = 0; i < LAUNCHERS; i++)
    launch_context_close(contexts[i]);

  test_note("%d launches, %d shot down", launches, shot_down);
  ASSERT(!handler_ran_elsewhere);
  ASSERT_GT(launches, 20);
  expect_no_children();
}
