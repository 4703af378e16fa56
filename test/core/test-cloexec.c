/* Close-on-exec for all that this process inherited. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "cloexec.h"
#include "fixture.h"
#include "namespaces.h"
#include "seccomp.h"

static const int plain[] = {3, 20, 100, 1066, 19000};
static const int marked[] = {4, 21, 5000};

static void open_numbers(void) {
  allow_fds_up_to(19000);
  for (size_t i = 0; i < COUNT(plain); i++)
    fresh_fd_at(plain[i]);
  for (size_t i = 0; i < COUNT(marked); i++)
    CHECKED(fcntl(fresh_fd_at(marked[i]), F_SETFD, FD_CLOEXEC));
}

static void expect_all_marked(void) {
  for (size_t i = 0; i < COUNT(plain); i++)
    ASSERT_EQ(fcntl(plain[i], F_GETFD), FD_CLOEXEC);
  for (size_t i = 0; i < COUNT(marked); i++)
    ASSERT_EQ(fcntl(marked[i], F_GETFD), FD_CLOEXEC);
  for (int number = 0; number < 3; number++)
    ASSERT_EQ(fcntl(number, F_GETFD), 0);
}

static void seal_and_check(void) {
  int *changed;
  size_t count;
  const char *call;

  ASSERT_ZERO(cloexec_set_all(&changed, &count, &call));
  ASSERT_EQ(count, COUNT(plain));
  for (size_t i = 0; i < count; i++)
    ASSERT_EQ(changed[i], plain[i]);
  free(changed);
  expect_all_marked();
  ASSERT_ZERO(cloexec_set_all(&changed, &count, &call));
  ASSERT_EQ(count, 0);
  free(changed);
}

TEST(cloexec_marks_and_lists_what_lacked_it, ANYWHERE) {
  open_numbers();
  seal_and_check();
}

TEST(cloexec_reaches_above_a_lowered_limit, ANYWHERE) {
  open_numbers();
  set_soft_nofile(64);
  seal_and_check();
}

TEST(cloexec_works_without_close_range, NATIVE) {
  open_numbers();
  ASSERT_ZERO(seccomp_install((char *[]){"close_range=EPERM"}, 1));
  seal_and_check();
}

static void hide_proc_or_skip(void) {
  const int error = hide_proc();
  test_without_leak_check();
  if (error != 0) test_skip("a mount namespace of our own: %s", strerror(-error));
}

TEST(cloexec_works_without_proc, NATIVE) {
  open_numbers();
  hide_proc_or_skip();
  seal_and_check();
}

/* A directory that is listed in part, or not at all, tells nothing of what is open. */
TEST(cloexec_works_without_listing, NATIVE) {
  open_numbers();
  ASSERT_ZERO(seccomp_install((char *[]){"getdents64=EPERM"}, 1));
  seal_and_check();
}

static void expect_no_seal(void) {
  int *changed = NULL;
  size_t count;
  const char *call = NULL;

  ASSERT_ZERO(seccomp_install((char *[]){"close_range=ENOSYS"}, 1));
  ASSERT_EQ(cloexec_set_all(&changed, &count, &call), -ENOSYS);
  ASSERT(changed == NULL);
  ASSERT_STR_EQ(call, "close_range");
}

TEST(cloexec_without_a_free_number_names_open, ANYWHERE) {
  int *changed = NULL;
  size_t count;
  const char *call = NULL;
  int error;

  open_numbers();
  set_soft_nofile(3);
  error = cloexec_set_all(&changed, &count, &call);
  set_soft_nofile(19000); /* The leak checker opens files when the test has ended. */
  ASSERT_EQ(error, -EMFILE);
  ASSERT_STR_EQ(call, "open");
}

TEST(cloexec_without_listing_and_close_range_is_an_error, NATIVE) {
  open_numbers();
  ASSERT_ZERO(seccomp_install((char *[]){"getdents64=EPERM"}, 1));
  expect_no_seal();
}

TEST(cloexec_without_both_is_an_error, NATIVE) {
  open_numbers();
  hide_proc_or_skip();
  expect_no_seal();
}
