/*
 * test.h: assertions, and the ways in which a test ends.
 *
 * Each test runs in a process and a session of its own. A failure is written into memory shared with the runner,
 * not to a descriptor: a test may close or replace any of those, and may fail in any thread or forked helper.
 */
#ifndef TEST_CORE_TEST_H
#define TEST_CORE_TEST_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { TEST_SKIPPED = 77 };

/* Says where a test can run. */
enum needs { ANYWHERE, NOT_VALGRIND, NATIVE };

struct test {
  const char *name;
  void (*run)(void);
  enum needs needs;
  struct test *next;
};

/* Defines a test. Its name is a sentence that says what it shows. */
#define TEST(title, where)                                                                                   \
  static void test_##title(void);                                                                            \
  __attribute__((constructor)) static void register_##title(void) {                                          \
    static struct test test = {.name = #title, .run = test_##title, .needs = (where)};                       \
    test_register(&test);                                                                                    \
  }                                                                                                          \
  static void test_##title(void)

void test_register(struct test *test);

_Noreturn void test_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
_Noreturn void test_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* This process has become a place where a leak checker cannot work: without /proc, or without clone. */
void test_without_leak_check(void);
/* Passes; with the leak check of the sanitizer, where there is one. */
_Noreturn void test_pass(void);

/* A line for the log of a test that passes: what was measured, how often something happened. */
void test_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Which of several rounds is running, for the message of a failure. */
void test_section(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* An empty directory of this test, removed after it. Others may enter it, so that a child with another uid can. */
const char *test_directory(void);

/* Path of a program built beside this one. */
const char *test_program(const char *name);

/* Whether memory shared by vfork, seccomp and threads can be relied on: not under valgrind or an emulator. */
bool test_runs_natively(void);

#define FAIL(...) test_fail(__FILE__, __LINE__, __VA_ARGS__)

#define ASSERT(condition)                                                                                    \
  do {                                                                                                       \
    if (!(condition)) FAIL("not so: %s", #condition);                                                        \
  } while (0)

#define ASSERT_COMPARE(a, operator, b)                                                                       \
  do {                                                                                                       \
    const long long a_ = (long long)(a), b_ = (long long)(b);                                                \
    if (!(a_ operator b_)) FAIL("%s " #operator" %s: %lld (0x%llx), %lld (0x%llx)", #a, #b, a_, a_, b_, b_); \
  } while (0)

#define ASSERT_EQ(a, b) ASSERT_COMPARE(a, ==, b)
#define ASSERT_NE(a, b) ASSERT_COMPARE(a, !=, b)
#define ASSERT_GE(a, b) ASSERT_COMPARE(a, >=, b)
#define ASSERT_GT(a, b) ASSERT_COMPARE(a, >, b)
#define ASSERT_LT(a, b) ASSERT_COMPARE(a, <, b)

#define ASSERT_STR_EQ(a, b)                                                                                  \
  do {                                                                                                       \
    const char *a_ = (a), *b_ = (b);                                                                         \
    if (strcmp(a_, b_) != 0) FAIL("%s == %s: \"%s\", \"%s\"", #a, #b, a_, b_);                               \
  } while (0)

/* For system calls: the value if it is not negative. */
#define CHECKED(call)                                                                                        \
  __extension__({                                                                                            \
    const __typeof__(call) value_ = (call);                                                                  \
    if (value_ < 0) FAIL("%s: %s", #call, strerror(errno));                                                  \
    value_;                                                                                                  \
  })

/* For functions that return 0 or an error number. */
#define ASSERT_ZERO(call)                                                                                    \
  do {                                                                                                       \
    const int error_ = (call);                                                                               \
    if (error_ != 0) FAIL("%s: %d (%s)", #call, error_, strerror(error_ < 0 ? -error_ : error_));            \
  } while (0)

/* Nothing here depends on how fast a machine is: a deadline only ends a test that would hang. */
enum { TEST_PATIENCE_MS = 30000 };
int64_t test_milliseconds(void);
void test_pause(void);

#define EVENTUALLY(condition)                                                                                \
  do {                                                                                                       \
    const int64_t give_up_ = test_milliseconds() + TEST_PATIENCE_MS;                                         \
    while (!(condition)) {                                                                                   \
      if (test_milliseconds() > give_up_)                                                                    \
        FAIL("still not so after %d ms: %s", TEST_PATIENCE_MS, #condition);                                  \
      test_pause();                                                                                          \
    }                                                                                                        \
  } while (0)

#endif
