/* The pair of sockets through which descriptors travel, and what others can do to it. */
#include <fcntl.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

static void check_given(struct launch_context *context, const struct launch_fd *fds, size_t count) {
  struct probe probe;
  struct probe_report report;
  probe_init(&probe);
  probe_give(&probe, fds, count);
  probe_run(context, &probe, &report);
  EXPECT_EXACT(&report, fds, count);
}

static int receiver_of(const struct launch_context *context) {
  int internal[2];
  ASSERT_EQ(launch_internal_fds(context, internal), 2);
  return internal[0];
}

static int sender_of(const struct launch_context *context) {
  int internal[2];
  ASSERT_EQ(launch_internal_fds(context, internal), 2);
  return internal[1];
}

/* ---- theft ----------------------------------------------------------------------------------------------------------- */

static int strangers_file_at(int number) {
  close(number);
  return fresh_fd_at(number);
}

static int strangers_socket_at(int number) {
  close(number);
  const int stranger = CHECKED(socket(AF_UNIX, SOCK_DGRAM, 0));
  if (stranger != number) {
    CHECKED(dup2(stranger, number));
    close(stranger);
  }
  return number;
}

static void check_theft(struct launch_context *context, int (*steal)(int number), int number) {
  const int source = fresh_fd();
  const int stolen = steal(number);
  const ino_t inode = inode_of(stolen);
  const struct launch_fd fds[] = {{0, source}, {1, LAUNCH_FD_NULL}, {2, stolen}};
  check_given(context, fds, COUNT(fds));
  ASSERT_EQ(inode_of(stolen), inode);
  close(stolen);
  close(source);
}

static void check_file_for_receiver(struct launch_context *context) {
  check_theft(context, strangers_file_at, receiver_of(context));
}

static void check_file_for_sender(struct launch_context *context) {
  check_theft(context, strangers_file_at, sender_of(context));
}

static void check_socket_for_receiver(struct launch_context *context) {
  check_theft(context, strangers_socket_at, receiver_of(context));
}

static void check_socket_for_sender(struct launch_context *context) {
  check_theft(context, strangers_socket_at, sender_of(context));
}

/* Somebody closes what he doesn't know and opens his own file, which gets our number. */
TEST(strangers_file_on_a_number_of_the_socket_pair_is_left_alone, ANYWHERE) {
  in_every_way(check_file_for_receiver);
  in_every_way(check_file_for_sender);
  in_every_way(check_socket_for_receiver);
  in_every_way(check_socket_for_sender);
}

static void check_stranger_after_close(struct launch_context *context) {
  const int receiver = receiver_of(context), sender = sender_of(context);
  strangers_file_at(receiver);
  strangers_file_at(sender);
  launch_context_close(context);
  ASSERT(is_open(receiver));
  ASSERT(is_open(sender));
}

TEST(closing_a_context_closes_no_strangers_file, ANYWHERE) {
  check_stranger_after_close(open_context());
}

static void close_mailbox(struct launch_context *context) {
  int internal[2];
  close_all(internal, launch_internal_fds(context, internal));
  ASSERT_EQ(launch_internal_fds(context, internal), 0);
}

static void check_both_closed(struct launch_context *context) {
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, 1}, {2, 1}};
  for (int round = 0; round < 3; round++) {
    close_mailbox(context);
    check_given(context, fds, COUNT(fds));
  }
}

static void check_made_anew(struct launch_context *context) {
  int internal[2];
  const struct launch_fd fds[] = {{0, fresh_fd_at(1000)}};
  close_mailbox(context);
  check_given(context, fds, COUNT(fds));
  ASSERT_EQ(launch_internal_fds(context, internal), 2);
  launch_context_close(context);
}

TEST(closed_socket_pair_is_made_again, ANYWHERE) {
  allow_fds_up_to(1000);
  in_every_way(check_both_closed);
  if (test_runs_natively()) check_made_anew(open_context());
}

/* A launch that has sent its mail when the theft happens; it may succeed in a slower way, but nobody else is harmed. */
static void check_theft_while_held(int (*steal)(int number), bool receiver) {
  struct launch_context *context = open_mailing_context();
  struct held held;
  struct probe probe;
  struct probe_report report;
  const struct launch_fd fds[] = {{0, fresh_fd()}, {1, LAUNCH_FD_NULL}, {2, 2}};
  probe_init(&probe);
  probe_give(&probe, fds, COUNT(fds));
  check_given(context, fds, COUNT(fds));
  held_start(&held, context, &probe.plan, LAUNCH_TEST_HOOK_UNSHARE);
  const int stolen = steal(receiver ? receiver_of(context) : sender_of(context));
  const ino_t inode = inode_of(stolen);
  held_finish(&held);
  ASSERT_ZERO(held.result);
  expect_exit_code(&held.child, 0);
  probe_read(&probe, &report);
  EXPECT_EXACT(&report, fds, COUNT(fds));
  ASSERT_EQ(inode_of(stolen), inode);
  close(stolen);
  check_given(context, fds, COUNT(fds));
  close(fds[0].source);
  launch_context_close(context);
}

TEST(stolen_socket_pair_harms_no_launch, NATIVE) {
  check_theft_while_held(strangers_file_at, true);
  check_theft_while_held(strangers_file_at, false);
  check_theft_while_held(strangers_socket_at, true);
  check_theft_while_held(strangers_socket_at, false);
}

TEST(datagram_of_a_stranger_is_not_received, NATIVE) {
  struct launch_context *context = open_mailing_context();
  struct held held;
  struct probe probe;
  int pair[2];
  char byte;
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, 1}, {2, 2}};
  CHECKED(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
  probe_init(&probe);
  probe_give(&probe, fds, COUNT(fds));
  held_start(&held, context, &probe.plan, LAUNCH_TEST_HOOK_UNSHARE);
  const int receiver = receiver_of(context);
  CHECKED(dup2(pair[0], receiver));
  ASSERT_EQ(send(pair[1], "x", 1, 0), 1);
  held_finish(&held);
  if (held.result == 0) expect_exit_code(&held.child, 0);
  ASSERT_EQ(recv(receiver, &byte, 1, MSG_DONTWAIT), 1);
  close(receiver);
  launch_context_close(context);
}

/* ---- mail that never arrives ------------------------------------------------------------------------------------------- */

static bool is_at_end(int fd) {
  char byte;
  struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
  return poll(&poll_fd, 1, TEST_PATIENCE_MS) == 1 && read(fd, &byte, 1) == 0;
}

static void check_killed_before_mail(struct launch_context *context) {
  struct held held;
  struct probe probe;
  int ends[2];
  CHECKED(pipe2(ends, O_CLOEXEC));
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, ends[1]}};
  const struct launch_fd nulls[] = {{0, LAUNCH_FD_NULL}, {1, LAUNCH_FD_NULL}};
  probe_init(&probe);
  probe_give(&probe, fds, COUNT(fds));
  held_start(&held, context, &probe.plan, LAUNCH_TEST_HOOK_UNSHARE);
  CHECKED(kill(launch_test_hook_pid(context), SIGKILL));
  held_join(&held);
  launch_test_hook_release(context, LAUNCH_TEST_HOOK_UNSHARE);
  EXPECT_ERROR(held.error, LAUNCH_STEP_SIGNALS, ECANCELED);
  ASSERT_EQ(held.error.signal, SIGKILL);
  expect_no_children();

  /* The mail is gone with its socket, and with it the last other copy of the writing end. */
  close(ends[1]);
  ASSERT(is_at_end(ends[0]));
  close(ends[0]);
  check_given(context, nulls, COUNT(nulls));
}

TEST(message_for_a_killed_child_is_dropped, NATIVE) {
  in_the_main_ways(check_killed_before_mail);
}

/* ---- mail that is refused ---------------------------------------------------------------------------------------------- */

static bool send_descriptors(int socket_fd, int fd, size_t count) {
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(64 * sizeof(int))];
  } control = {0};
  struct iovec text = {"x", 1};
  struct msghdr message = {.msg_iov = &text,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = CMSG_SPACE(count * sizeof(int))};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(count * sizeof(int));
  for (size_t i = 0; i < count; i++)
    memcpy(CMSG_DATA(header) + i * sizeof(int), &fd, sizeof fd);
  if (sendmsg(socket_fd, &message, MSG_DONTWAIT) >= 0) return true;
  ASSERT_EQ(errno, ETOOMANYREFS);
  return false;
}

/* The kernel counts what an unprivileged user has in flight, against the soft limit of the sender. */
static void launch_with_too_many_in_flight(void *argument) {
  (void)argument;
  int pair[2];
  int sent = 0;
  CHECKED(setgid(65534));
  CHECKED(setuid(65534));
  CHECKED(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
  struct launch_context *context = open_mailing_context();
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, 1}, {2, 2}};
  struct probe probe;
  probe_init(&probe);
  set_soft_nofile(64);
  while (send_descriptors(pair[1], 2, 60))
    ASSERT_LT(sent++, 1000);
  check_given(context, fds, COUNT(fds));
  launch_context_close(context);
}

TEST(too_many_descriptors_in_flight_only_slow_a_launch, NATIVE) {
  if (getuid() != 0) test_skip("needs root, to become a user with nothing in flight");
  CHECKED(chmod(test_directory(), 0777));
  in_fork(launch_with_too_many_in_flight, NULL);
}

TEST(io_uring_can_be_a_source, NATIVE) {
  struct launch_context *context = open_mailing_context();
  struct io_uring_params parameters = {0};
  const int ring = (int)syscall(SYS_io_uring_setup, 4, &parameters);
  if (ring < 0) test_skip("io_uring_setup: %s", strerror(errno));
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, 1}, {2, ring}};
  check_given(context, fds, COUNT(fds));
  close(ring);
  launch_context_close(context);
}

/* No room for seven more in the child's table: the kernel cuts the mail off. */
TEST(truncated_message_loses_no_descriptor, NATIVE) {
  struct launch_context *context = open_context();
  const struct rlimit limit = {8, 8};
  struct launch_fd fds[7];
  for (int i = 0; i < 7; i++)
    fds[i] = (struct launch_fd){i, fresh_fd_at(100 + i)};
  CHECKED(setrlimit(RLIMIT_NOFILE, &limit));
  struct launch_child child;
  struct launch_error error;
  struct probe probe;
  struct probe_report report;
  probe_init(&probe);
  probe_give(&probe, fds, COUNT(fds));
  ASSERT_ZERO(launch(context, &probe.plan, &child, &error));
  expect_exit_code(&child, 0);
  probe_read(&probe, &report);
  EXPECT_EXACT(&report, fds, COUNT(fds));
  launch_context_close(context);
}

/* ---- end of file elsewhere --------------------------------------------------------------------------------------------- */

static void check_end_of_file(struct launch_context *context) {
  struct launch_context *other = open_context();
  struct held held;
  struct probe holding, writing;
  struct probe_report report;
  int unrelated[2], given[2];
  CHECKED(pipe(unrelated));
  CHECKED(pipe(given));
  const struct launch_fd nulls[] = {{0, LAUNCH_FD_NULL}, {1, LAUNCH_FD_NULL}, {2, LAUNCH_FD_NULL}};
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, given[1]}, {2, LAUNCH_FD_NULL}};

  probe_init(&holding);
  probe_give(&holding, nulls, COUNT(nulls));
  held_start(&held, context, &holding.plan, LAUNCH_TEST_HOOK_SIGNAL_MASK);
  close(unrelated[1]);
  ASSERT(is_at_end(unrelated[0]));

  probe_init(&writing);
  probe_give(&writing, fds, COUNT(fds));
  probe_run(other, &writing, &report);
  close(given[1]);
  ASSERT(is_at_end(given[0]));

  held_finish(&held);
  ASSERT_ZERO(held.result);
  expect_exit_code(&held.child, 0);
  close_all((int[]){unrelated[0], given[0]}, 2);
  launch_context_close(other);
}

/* Closed, not marked close-on-exec, and before anything that can block. */
TEST(child_before_exec_delays_no_end_of_file, NATIVE) {
  in_the_main_ways(check_end_of_file);
}

/* ---- a forked copy of the caller ----------------------------------------------------------------------------------------- */

static void launch_in_copy(void *argument) {
  struct launch_context *context = argument;
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, fresh_fd()}, {2, fresh_fd()}};
  for (int round = 0; round < 150; round++)
    check_given(context, fds, COUNT(fds));
}

/* Both processes have the same sockets: neither may read the other's mail. */
TEST(forked_copy_of_a_context_receives_no_others_descriptors, NATIVE) {
  struct launch_context *context = open_mailing_context();
  const struct launch_fd warm_up[] = {{0, LAUNCH_FD_NULL}};
  check_given(context, warm_up, 1);
  const pid_t pid = CHECKED(fork());
  launch_in_copy(context);
  if (pid == 0) _exit(0);
  int status;
  EVENTUALLY(waitpid(pid, &status, WNOHANG) == pid);
  ASSERT_EQ(status, 0);
  launch_context_close(context);
}
