/* The system calls of a launch, as strace(1) sees them: a counter in the core could be wrong about what it did. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

enum { TRACE_SIZE = 65536, NOT_INSTALLED = 127 };

static _Noreturn void run_tracer(const char *output, char **helper) {
  char program[PATH_MAX];
  snprintf(program, sizeof program, "%s", test_program("test-core"));
  char *argv[] = {"strace",       "-f",       "-o",
                  (char *)output, "-e",       "trace=%process,chdir,close_range,sendmsg,recvmsg,rt_sigaction",
                  program,        "--helper", helper[0],
                  helper[1],      helper[2],  NULL};
  setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(null, 2);
  execvp(argv[0], argv);
  _exit(NOT_INSTALLED);
}

/* What the helper does between its two marks. */
static char *trace_of(char **helper) {
  static char text[TRACE_SIZE];
  const char *output = path_in_test_directory("trace");
  struct stat status;
  int wait_status;
  const pid_t pid = CHECKED(fork());
  if (pid == 0) run_tracer(output, helper);
  ASSERT_EQ(waitpid(pid, &wait_status, 0), pid);
  if (WEXITSTATUS(wait_status) == NOT_INSTALLED) test_skip("strace is not installed");
  if (stat(output, &status) < 0 || status.st_size == 0) test_skip("strace may not trace here");
  ASSERT_EQ(WEXITSTATUS(wait_status), 0);
  char *begin = strstr(read_text(output, text, sizeof text), "/begin-launch");
  ASSERT(begin != NULL);
  char *end = strstr(begin, "/end-launch");
  ASSERT(end != NULL);
  *end = '\0';
  return begin;
}

static char *traced_launch(char *source, char *uid) {
  return trace_of((char *[]){"launch", source, uid});
}

static int occurrences(const char *text, const char *word) {
  int count = 0;
  for (const char *at = text; (at = strstr(at, word)) != NULL; at += strlen(word))
    count++;
  return count;
}

static void expect_no_copy_of_the_table(const char *trace) {
  ASSERT_EQ(occurrences(trace, "clone(") + occurrences(trace, "clone3("), 1);
  ASSERT_EQ(occurrences(trace, "fork("), 0);
  ASSERT_EQ(occurrences(trace, "CLONE_FILES"), 1);
  ASSERT_EQ(occurrences(trace, "CLONE_VFORK"), 1);
  ASSERT_EQ(occurrences(trace, "CLOSE_RANGE_UNSHARE"), 1);
  ASSERT_EQ(occurrences(trace, "CLONE_FS") + occurrences(trace, "CLONE_SIGHAND"), 0);
}

static void need_unshare(void) {
  if (syscall(SYS_close_range, ~0U, ~0U, 2) != 0) test_skip("this kernel has no CLOSE_RANGE_UNSHARE");
}

TEST(trace_shows_neither_memory_nor_table_copied, NATIVE) {
  need_unshare();
  const char *trace = traced_launch("1", NULL);
  expect_no_copy_of_the_table(trace);
  ASSERT_EQ(occurrences(trace, "CLONE_VM"), 1);
}

static void expect_mail(char *source, int count) {
  const char *trace = traced_launch(source, NULL);
  expect_no_copy_of_the_table(trace);
  ASSERT_EQ(occurrences(trace, "sendmsg("), count);
  ASSERT_EQ(occurrences(trace, "recvmsg("), count);
}

/* 1 to 31 but for the two that can't be set, and a look at 32 to 64 where the kernel has not seen to their handlers. */
TEST(trace_shows_a_look_at_each_handler_where_it_is_needed, NATIVE) {
  need_unshare();
  const char *trace = traced_launch("1", NULL);
  ASSERT_EQ(occurrences(trace, "CLONE_CLEAR_SIGHAND"), occurrences(trace, "clone3("));
  ASSERT_EQ(occurrences(trace, "rt_sigaction("), occurrences(trace, "clone3(") == 1 ? 29 : 29 + 33);
}

TEST(trace_shows_mail_for_high_sources_only, NATIVE) {
  need_unshare();
  allow_fds_up_to(500);
  expect_mail("127", 0);
  expect_mail("128", 1);
  expect_mail("500", 1);
}

static char *traced_probes(char *kernel) {
  need_unshare();
  return trace_of((char *[]){"probe", kernel, NULL});
}

TEST(trace_shows_probes_that_share_memory, NATIVE) {
  const char *trace = traced_probes(NULL);
  ASSERT_EQ(occurrences(trace, "CLONE_VFORK"), 4);
  ASSERT_EQ(occurrences(trace, "CLONE_VM"), 4);
}

/* But for the one that asks whether vfork shares it, and one that shares it with a copy. */
TEST(trace_shows_probes_that_copy_memory_on_an_old_kernel, NATIVE) {
  const char *trace = traced_probes("old");
  ASSERT_EQ(occurrences(trace, "CLONE_VFORK"), 4);
  ASSERT_EQ(occurrences(trace, "CLONE_VM"), 2);
}

TEST(trace_shows_memory_copied_when_ids_change, NATIVE) {
  need_unshare();
  if (geteuid() != 0) test_skip("needs root");
  const char *trace = traced_launch("1", "65534");
  expect_no_copy_of_the_table(trace);
  ASSERT_EQ(occurrences(trace, "CLONE_VM"), 0);
}
