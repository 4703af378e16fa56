/* The promise: the child holds what it was given, and nothing else. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "parent-state.h"

static const int leaky_numbers[] = {3, 20, 100, 1066, 5000, 19000};
static const struct launch_fd null_stdio[] = {{0, LAUNCH_FD_NULL}, {1, LAUNCH_FD_NULL}, {2, LAUNCH_FD_NULL}};

static void open_leaky_numbers(void) {
  allow_fds_up_to(19000);
  for (size_t i = 0; i < COUNT(leaky_numbers); i++)
    fresh_fd_at(leaky_numbers[i]);
}

static void run_with(struct launch_context *context, const struct launch_fd *fds, size_t count,
                     struct probe_report *ret_report) {
  struct probe probe;
  probe_init(&probe);
  probe_scan_up_to(&probe, PROBE_HIGHEST);
  probe_give(&probe, fds, count);
  probe_run(context, &probe, ret_report);
}

static void check_given(struct launch_context *context, const struct launch_fd *fds, size_t count) {
  struct probe_report report;
  run_with(context, fds, count, &report);
  EXPECT_EXACT(&report, fds, count);
}

static void check_null_stdio(struct launch_context *context) {
  check_given(context, null_stdio, COUNT(null_stdio));
}

/* ---- leaks --------------------------------------------------------------------------------------------------------- */

/* Without this, every other test here could pass because the probe is blind. */
TEST(probe_sees_leaks, ANYWHERE) {
  struct probe probe;
  struct probe_report report;
  open_leaky_numbers();
  probe_init(&probe);
  probe_scan_up_to(&probe, PROBE_HIGHEST);
  const pid_t pid = CHECKED(fork());
  if (pid == 0) {
    execve(probe.plan.file, probe.plan.argv, probe.plan.envp);
    _exit(1);
  }
  CHECKED(waitpid(pid, NULL, 0));
  probe_read(&probe, &report);
  ASSERT_EQ(report.fd_count, 3 + COUNT(leaky_numbers));
  ASSERT_EQ(report.listed_count, report.fd_count);
  for (size_t i = 0; i < COUNT(leaky_numbers); i++) {
    ASSERT_EQ(report.fds[3 + i].number, leaky_numbers[i]);
    ASSERT_EQ(report.fds[3 + i].inode, inode_of(leaky_numbers[i]));
  }
}

TEST(nothing_leaks, ANYWHERE) {
  open_leaky_numbers();
  in_every_way(check_null_stdio);
}

TEST(nothing_opened_after_the_context_leaks, ANYWHERE) {
  struct launch_context *context = open_context();
  check_null_stdio(context);
  open_leaky_numbers();
  check_null_stdio(context);
  launch_context_close(context);
}

TEST(nothing_leaks_above_a_lowered_limit, ANYWHERE) {
  open_leaky_numbers();
  set_soft_nofile(64);
  in_every_way(check_null_stdio);
}

static void check_no_descriptors(struct launch_context *context) {
  check_given(context, NULL, 0);
}

TEST(child_can_have_no_descriptor_at_all, ANYWHERE) {
  fresh_fd_at(30);
  in_every_way(check_no_descriptors);
}

static void check_other_contexts(struct launch_context *context) {
  struct launch_context *others[8];
  for (size_t i = 0; i < COUNT(others); i++)
    others[i] = open_context();
  check_null_stdio(context);
  check_null_stdio(others[7]);
  for (size_t i = 0; i < COUNT(others); i++)
    launch_context_close(others[i]);
}

TEST(sockets_of_other_contexts_do_not_leak, ANYWHERE) {
  in_the_main_ways(check_other_contexts);
}

/* ---- closed stdio of the caller ------------------------------------------------------------------------------------ */

enum { SAVED_AT = 200, GIVEN_AT = 210 };

static void close_subset(int subset) {
  for (int number = 0; number < 3; number++)
    if (subset & 1 << number) close(number);
}

static void restore_subset(int subset) {
  for (int number = 0; number < 3; number++)
    if (subset & 1 << number) CHECKED(dup2(SAVED_AT + number, number));
}

static void check_internal_numbers(const struct launch_context *context) {
  int internal[2];
  const size_t count = launch_internal_fds(context, internal);
  for (size_t i = 0; i < count; i++) {
    ASSERT_GE(internal[i], 3);
    ASSERT_EQ(fcntl(internal[i], F_GETFD), FD_CLOEXEC);
  }
}

static void check_with_subset_closed(struct launch_context *context, int subset) {
  const struct launch_fd given[] = {{0, GIVEN_AT}, {1, GIVEN_AT + 1}, {2, GIVEN_AT + 2}};
  struct launch_child child;
  struct probe probe;
  struct probe_report report;

  probe_init(&probe);
  probe_give(&probe, given, COUNT(given));
  probe_start(context, &probe, &child);
  if (child.pidfd >= 0) ASSERT_GE(child.pidfd, 3);
  expect_exit_code(&child, 0);
  probe_read(&probe, &report);
  EXPECT_EXACT(&report, given, COUNT(given));
  check_null_stdio(context);
  check_internal_numbers(context);
  for (int number = 0; number < 3; number++)
    ASSERT_EQ(is_open(number), !(subset & 1 << number));
}

static void check_closed_source(struct launch_context *context, int number) {
  const struct launch_fd inherit = {number, number}, crossed = {(number + 1) % 3, number};
  struct probe probe;
  probe_init(&probe);
  probe_give(&probe, &inherit, 1);
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_STDIO, EBADF);
  probe_give(&probe, &crossed, 1);
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_STDIO, EBADF);
}

static void check_closed_sources(struct launch_context *context, int subset) {
  for (int number = 0; number < 3; number++)
    if (subset & 1 << number) check_closed_source(context, number);
}

static void check_subsets_after_opening(struct launch_context *context) {
  for (int subset = 0; subset < 8; subset++) {
    close_subset(subset);
    check_with_subset_closed(context, subset);
    check_closed_sources(context, subset);
    restore_subset(subset);
  }
}

static void save_stdio(void) {
  for (int number = 0; number < 3; number++) {
    CHECKED(fcntl(number, F_DUPFD_CLOEXEC, SAVED_AT + number));
    fresh_fd_at(GIVEN_AT + number);
  }
}

TEST(stdio_may_be_closed_after_opening_the_context, ANYWHERE) {
  save_stdio();
  in_the_main_ways(check_subsets_after_opening);
}

TEST(stdio_may_be_closed_before_opening_the_context, ANYWHERE) {
  save_stdio();
  for (int subset = 0; subset < 8; subset++) {
    test_section("closed: %d", subset);
    close_subset(subset);
    struct launch_context *context = open_context();
    check_with_subset_closed(context, subset);
    check_closed_sources(context, subset);
    launch_context_close(context);
    restore_subset(subset);
  }
}

/* ---- sources and targets ------------------------------------------------------------------------------------------- */

static void check_gaps(struct launch_context *context) {
  const int a = fresh_fd(), b = fresh_fd();
  const struct launch_fd only_7[] = {{7, a}};
  const struct launch_fd wide[] = {{1, a}, {7, b}, {9, LAUNCH_FD_NULL}, {40, a}};
  const struct launch_fd no_2[] = {{0, LAUNCH_FD_NULL}, {1, b}, {3, a}};
  check_given(context, only_7, COUNT(only_7));
  check_given(context, wide, COUNT(wide));
  check_given(context, no_2, COUNT(no_2));
  close_all((int[]){a, b}, 2);
}

TEST(gaps_stay_closed, ANYWHERE) {
  in_every_way(check_gaps);
}

/* There are many of these, and no leak is looked for far above. */
static void check_shuffled(struct launch_context *context, const struct launch_fd *fds, size_t count) {
  struct probe probe;
  struct probe_report report;
  probe_init(&probe);
  probe_scan_up_to(&probe, 400);
  probe_give(&probe, fds, count);
  probe_run(context, &probe, &report);
  EXPECT_EXACT(&report, fds, count);
  unlink(probe.report_path);
}

static const int shuffled_numbers[] = {0, 1, 2, 10, 11, 12};

static void check_all_sources_over_stdio(struct launch_context *context) {
  for (size_t i = 0; i < 6 * 6 * 6; i++) {
    const struct launch_fd fds[] = {
        {0, shuffled_numbers[i % 6]}, {1, shuffled_numbers[i / 6 % 6]}, {2, shuffled_numbers[i / 36]}};
    check_shuffled(context, fds, COUNT(fds));
  }
}

TEST(six_sources_go_to_stdio_in_all_216_ways, ANYWHERE) {
  for (size_t i = 0; i < COUNT(shuffled_numbers); i++)
    fresh_fd_at(shuffled_numbers[i]);
  in_the_main_ways(check_all_sources_over_stdio);
}

static void swap(int *a, int *b) {
  const int kept = *a;
  *a = *b;
  *b = kept;
}

static void check_permutations(struct launch_context *context, const int *numbers, int *sources,
                               size_t fixed) {
  enum { N = 4 };
  if (fixed < N) {
    for (size_t i = fixed; i < N; i++) {
      swap(&sources[fixed], &sources[i]);
      check_permutations(context, numbers, sources, fixed + 1);
      swap(&sources[fixed], &sources[i]);
    }
    return;
  }
  struct launch_fd fds[N];
  for (size_t i = 0; i < N; i++)
    fds[i] = (struct launch_fd){numbers[i], sources[i]};
  check_shuffled(context, fds, N);
}

static void check_cycles(struct launch_context *context) {
  static const int low[] = {3, 4, 5, 6}, mixed[] = {1, 4, 60, 300};
  for (size_t i = 0; i < 4; i++) {
    ASSERT(is_open(low[i]));
    if (mixed[i] > 6) fresh_fd_at(mixed[i]);
  }
  check_permutations(context, low, (int[]){3, 4, 5, 6}, 0);
  check_permutations(context, mixed, (int[]){1, 4, 60, 300}, 0);
}

TEST(four_descriptors_change_places_in_all_24_ways, ANYWHERE) {
  for (int number = 3; number <= 6; number++)
    fresh_fd_at(number);
  in_the_main_ways(check_cycles);
}

static void check_same_source(struct launch_context *context) {
  const int source = fresh_fd();
  const struct launch_fd fds[] = {
      {0, source}, {1, source}, {2, source}, {source, source}, {source + 1, source}};
  check_given(context, fds, 3);
  check_given(context, fds, COUNT(fds));
  close(source);
}

TEST(one_source_can_have_several_targets, ANYWHERE) {
  in_every_way(check_same_source);
}

static void check_close_on_exec_source(struct launch_context *context) {
  const struct launch_fd fds[] = {{0, 0}, {1, 50}, {50, 50}};
  CHECKED(fcntl(0, F_SETFD, FD_CLOEXEC));
  CHECKED(fcntl(fresh_fd_at(50), F_SETFD, FD_CLOEXEC));
  check_given(context, fds, COUNT(fds));
  ASSERT_EQ(fcntl(0, F_GETFD), FD_CLOEXEC);
  ASSERT_EQ(fcntl(50, F_GETFD), FD_CLOEXEC);
}

TEST(close_on_exec_source_reaches_the_child_and_stays_marked, ANYWHERE) {
  in_every_way(check_close_on_exec_source);
}

static void check_internal_numbers_as_targets(struct launch_context *context) {
  int internal[2];
  ASSERT_EQ(launch_internal_fds(context, internal), 2);
  const int low = internal[0] < internal[1] ? internal[0] : internal[1];
  const int high = internal[0] < internal[1] ? internal[1] : internal[0];
  const int source = fresh_fd();
  const struct launch_fd fds[] = {{0, source}, {low, source}, {high, 1}, {high + 1, 2}};
  check_given(context, fds, COUNT(fds));
  close(source);
}

TEST(numbers_of_the_socket_pair_can_be_targets, ANYWHERE) {
  in_every_way(check_internal_numbers_as_targets);
}

static void check_high_targets(struct launch_context *context) {
  const int source = fresh_fd();
  const struct launch_fd fds[] = {
      {0, LAUNCH_FD_NULL}, {1, 19000}, {1000, source}, {19000, source}, {19990, 1}};
  check_given(context, fds, COUNT(fds));
  close(source);
}

TEST(targets_can_be_far_above_the_socket_pair, ANYWHERE) {
  allow_fds_up_to(19990);
  fresh_fd_at(19000);
  in_every_way(check_high_targets);
}

TEST(targets_and_sources_can_be_above_the_soft_limit, ANYWHERE) {
  allow_fds_up_to(19990);
  fresh_fd_at(19000);
  set_soft_nofile(64);
  in_every_way(check_high_targets);
}

static void check_above_hard_limit(struct launch_context *context) {
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, 500}, {500, 500}};
  struct probe probe;
  struct probe_report report;
  probe_init(&probe);
  probe_give(&probe, fds, COUNT(fds));
  probe_run(context, &probe, &report);
  EXPECT_EXACT(&report, fds, COUNT(fds));
}

/* No descriptor can be made there any more, but one that is there can stay. */
TEST(descriptor_above_a_lowered_hard_limit_keeps_its_number, NOT_VALGRIND) {
  const struct rlimit limit = {100, 100};
  allow_fds_up_to(500);
  fresh_fd_at(500);
  fresh_fd_at(501);
  CHECKED(setrlimit(RLIMIT_NOFILE, &limit));
  in_every_way(check_above_hard_limit);
}

static void check_last_number(struct launch_context *context) {
  struct rlimit limit;
  CHECKED(getrlimit(RLIMIT_NOFILE, &limit));
  const struct launch_fd fds[] = {{0, 1}, {1, 0}, {(int)limit.rlim_max - 1, 2}};
  check_given(context, fds, COUNT(fds));
}

TEST(last_number_below_the_hard_limit_can_be_a_target, ANYWHERE) {
  allow_fds_up_to(500);
  in_every_way(check_last_number);
}

static void check_many(struct launch_context *context, size_t count) {
  enum { MOST = 300 };
  struct launch_fd fds[MOST];
  struct probe_report report;
  for (size_t i = 0; i < count; i++)
    fds[i] = (struct launch_fd){(int)i, (int)(MOST + count - i)};
  run_with(context, fds, count, &report);
  EXPECT_EXACT(&report, fds, count);
}

static void check_many_sources(struct launch_context *context) {
  check_many(context, 252);
  check_many(context, 253);
  check_many(context, 254);
  check_many(context, 300);
}

/* 253 descriptors fit into one message of SCM_RIGHTS. */
TEST(sources_can_be_more_than_a_message_carries, ANYWHERE) {
  allow_fds_up_to(700);
  for (int number = 300; number <= 600; number++)
    fresh_fd_at(number);
  in_every_way(check_many_sources);
}

static void check_bad_sources(struct launch_context *context) {
  int internal[2];
  struct probe probe;
  ASSERT_EQ(launch_internal_fds(context, internal), 2);
  const int bad[] = {internal[0], internal[1], 77, 19999, 1 << 30, INT_MAX, -2, INT_MIN};
  for (size_t i = 0; i < COUNT(bad); i++) {
    const struct launch_fd fds[] = {{0, 0}, {5, bad[i]}};
    probe_init(&probe);
    probe_give(&probe, fds, COUNT(fds));
    EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_STDIO, EBADF);
  }
  check_null_stdio(context);
}

TEST(closed_or_internal_source_is_ebadf, ANYWHERE) {
  in_every_way(check_bad_sources);
}

static void check_kinds(struct launch_context *context) {
  int pair[2], pipe_ends[2];
  CHECKED(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  CHECKED(pipe(pipe_ends));
  const int directory = CHECKED(open("/", O_RDONLY | O_DIRECTORY));
  const int path = CHECKED(open("/dev", O_PATH));
  const int event = CHECKED(eventfd(0, 0)), epoll = CHECKED(epoll_create1(0));
  const struct launch_fd fds[] = {{0, pair[0]}, {1, pipe_ends[1]}, {2, pipe_ends[0]}, {3, directory},
                                  {4, path},    {5, event},        {6, epoll},        {7, pair[1]}};
  check_given(context, fds, COUNT(fds));
  close_all((int[]){pair[0], pair[1], pipe_ends[0], pipe_ends[1], directory, path, event, epoll}, 8);
}

TEST(every_kind_of_file_can_be_given, ANYWHERE) {
  in_every_way(check_kinds);
}

static void check_null_access(struct launch_context *context) {
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, LAUNCH_FD_NULL}, {9, LAUNCH_FD_NULL}};
  struct probe_report report;
  run_with(context, fds, COUNT(fds), &report);
  EXPECT_EXACT(&report, fds, COUNT(fds));
  ASSERT_EQ(report.fds[0].status_flags & O_ACCMODE, O_RDONLY);
  ASSERT_EQ(report.fds[1].status_flags & O_ACCMODE, O_RDWR);
  ASSERT_EQ(report.fds[2].status_flags & O_ACCMODE, O_RDWR);
}

TEST(dev_null_is_read_only_as_stdin, ANYWHERE) {
  in_every_way(check_null_access);
}

static void check_blocking(struct launch_context *context) {
  int ends[2], kept[2];
  struct probe_report report;
  CHECKED(pipe2(ends, O_NONBLOCK));
  CHECKED(pipe2(kept, O_NONBLOCK));
  const struct launch_fd fds[] = {{0, ends[0]}, {1, ends[1]}, {5, kept[0]}};
  run_with(context, fds, COUNT(fds), &report);
  ASSERT_EQ(report.fds[0].status_flags & O_NONBLOCK, 0);
  ASSERT_EQ(report.fds[1].status_flags & O_NONBLOCK, 0);
  ASSERT_EQ(report.fds[2].status_flags & O_NONBLOCK, O_NONBLOCK);
  close_all((int[]){ends[0], ends[1], kept[0], kept[1]}, 4);
}

TEST(stdio_is_blocking, ANYWHERE) {
  in_every_way(check_blocking);
}

/* ---- the price ----------------------------------------------------------------------------------------------------- */

static void check_small_table(struct launch_context *context, int source) {
  struct probe_report report;
  const struct launch_fd fds[] = {{0, source}, {1, source}, {2, LAUNCH_FD_NULL}};
  run_with(context, fds, COUNT(fds), &report);
  EXPECT_EXACT(&report, fds, COUNT(fds));
  ASSERT_EQ(report.fd_size, 64);
}

/* A copied table has room for the caller's highest number; one that was cut has 64 entries. */
TEST(table_of_the_child_stays_small, NATIVE) {
  struct launch_context *context = open_context();
  allow_fds_up_to(19500);
  for (int i = 0; i < 19000; i++)
    CHECKED(dup(2));
  const int source = fresh_fd();
  ASSERT_GT(source, 19000);
  check_small_table(context, source);
  check_small_table(context, fresh_fd_at(40));
  launch_context_close(context);
}
