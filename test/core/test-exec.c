/* Which program runs, and where: execvp(3)'s rules, working directories, paths through the caller's descriptors. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "parent-state.h"

static char *path_to(const char *name) {
  static char paths[8][PATH_MAX];
  static size_t next;
  char *path = paths[next++ % COUNT(paths)];
  snprintf(path, PATH_MAX, "%s", path_in_test_directory(name));
  return path;
}

static void make_directory(const char *name) {
  if (mkdir(path_to(name), 0755) < 0) ASSERT_EQ(errno, EEXIST);
}

static void link_probe(const char *name) {
  if (symlink(test_program("probe"), path_to(name)) < 0) ASSERT_EQ(errno, EEXIST);
}

/* Directories a, b and c of the test; the program is in b and c, and a has a file of that name that can't be executed. */
static void make_search_path(void) {
  make_directory("a");
  make_directory("b");
  make_directory("c");
  write_file("a/program", 0644, "not executable");
  link_probe("b/program");
  link_probe("c/program");
  write_file("file", 0755, "not a directory");
}

static struct probe_report run_with_path(struct launch_context *context, const char *file,
                                         char *path_variable, const char *cwd) {
  char *environment[] = {path_variable, NULL};
  struct probe probe;
  struct probe_report report;
  probe_init(&probe);
  probe_scan_up_to(&probe, 20);
  probe.plan.file = file;
  probe.plan.envp = environment;
  probe.plan.cwd = cwd;
  probe_run(context, &probe, &report);
  return report;
}

static struct launch_error fail_with_path(struct launch_context *context, const char *file,
                                          char *path_variable, const char *cwd) {
  char *environment[] = {path_variable, NULL};
  struct probe probe;
  probe_init(&probe);
  probe.plan.file = file;
  probe.plan.envp = environment;
  probe.plan.cwd = cwd;
  return launch_failing(context, &probe.plan);
}

#define EXPECT_EXEC_ERROR(context, file, path, cwd, error)                                                   \
  EXPECT_ERROR(fail_with_path(context, file, path, cwd), LAUNCH_STEP_EXEC, error)

/* ---- the search --------------------------------------------------------------------------------------------------------- */

static void check_search(struct launch_context *context) {
  const char *here = test_directory();
  run_with_path(context, "program", "PATH=b", here);
  run_with_path(context, "program", "PATH=missing:file:a:b", here);
  run_with_path(context, "./b/program", "PATH=", here);
  run_with_path(context, "b/program", "PATH=missing", here);
  run_with_path(context, "program", "PATH=", path_to("b"));
  run_with_path(context, "program", "PATH=a:", path_to("b"));
  run_with_path(context, "program", "PATH=:a", path_to("b"));
  run_with_path(context, "program", "PATH=missing::a", path_to("b"));
}

TEST(path_of_the_child_is_searched_from_its_directory, ANYWHERE) {
  make_search_path();
  CHECKED(setenv("PATH", path_to("c"), 1));
  in_every_way(check_search);
}

static void check_failing_search(struct launch_context *context) {
  char longest[300];
  memset(longest, 'x', sizeof longest);
  longest[sizeof longest - 1] = '\0';
  const char *here = test_directory();
  EXPECT_EXEC_ERROR(context, "program", "PATH=a", here, EACCES);
  EXPECT_EXEC_ERROR(context, "program", "PATH=a:missing", here, EACCES);
  EXPECT_EXEC_ERROR(context, "program", "PATH=missing", here, ENOENT);
  EXPECT_EXEC_ERROR(context, "program", "PATH=", here, ENOENT);
  EXPECT_EXEC_ERROR(context, "no-such-program", "PATH=a:b", here, ENOENT);
  EXPECT_EXEC_ERROR(context, "", "PATH=a:b", here, ENOENT);
  EXPECT_EXEC_ERROR(context, longest, "PATH=b", here, ENAMETOOLONG);
  EXPECT_EXEC_ERROR(context, "/no/such/program", "PATH=b", here, ENOENT);
  EXPECT_EXEC_ERROR(context, "./a/program", "PATH=b", here, EACCES);
  EXPECT_EXEC_ERROR(context, "./file/program", "PATH=b", here, ENOTDIR);
  EXPECT_EXEC_ERROR(context, "./b", "PATH=b", here, EACCES);
  EXPECT_EXEC_ERROR(context, "./loop", "PATH=b", here, ELOOP);
}

TEST(errors_of_the_search_are_those_of_execvp, ANYWHERE) {
  make_search_path();
  CHECKED(symlink("loop", path_to("loop")));
  in_every_way(check_failing_search);
}

static void check_default_path(struct launch_context *context) {
  char *no_environment[] = {NULL}, *argv[] = {NULL, "true", NULL};
  const struct launch_plan plan = {.file = "true", .argv = argv + 1, .envp = no_environment};
  struct launch_child child;
  struct launch_error error;
  ASSERT_ZERO(launch(context, &plan, &child, &error));
  expect_exit_code(&child, 0);
}

TEST(without_path_the_default_is_searched, ANYWHERE) {
  CHECKED(setenv("PATH", test_directory(), 1));
  in_every_way(check_default_path);
}

static void check_arguments(struct launch_context *context) {
  char *environment[] = {"ONE=1", "EMPTY=", "PATH=/", NULL};
  struct probe probe;
  struct probe_report report;
  probe_init(&probe);
  probe.argv[0] = "another name";
  probe.argv[4] = "";
  probe.argv[5] = "two words\n\xff";
  probe.plan.envp = environment;
  probe_run(context, &probe, &report);
  ASSERT_EQ(report.argc, 6);
  ASSERT_EQ(report.envc, 3);
  ASSERT_STR_EQ(probe_argument(&report, 0), "another name");
  ASSERT_STR_EQ(probe_argument(&report, 4), "");
  ASSERT_STR_EQ(probe_argument(&report, 5), "two words\n\xff");
  ASSERT_STR_EQ(probe_argument(&report, 6), "ONE=1");
  ASSERT_STR_EQ(probe_argument(&report, 7), "EMPTY=");
  ASSERT_STR_EQ(probe_argument(&report, 8), "PATH=/");
}

TEST(arguments_and_environment_arrive_as_they_are, ANYWHERE) {
  in_every_way(check_arguments);
}

/* ---- scripts without an interpreter line ---------------------------------------------------------------------------------- */

static const char script[] = "printf '%s|' \"$0\" \"$@\" > \"$OUT\"\n";

static void run_script(struct launch_context *context, const char *file, char **slots, char *out_variable) {
  char *environment[] = {out_variable, "PATH=b", NULL};
  const struct launch_plan plan = {
      .file = file, .argv = slots + 1, .envp = environment, .cwd = test_directory()};
  struct launch_child child;
  struct launch_error error;
  ASSERT_ZERO(launch(context, &plan, &child, &error));
  expect_exit_code(&child, 0);
}

static void check_script(struct launch_context *context) {
  char out_variable[PATH_MAX + 8], text[256];
  char *arguments[] = {NULL, "a name of its own", "one", "", "three", NULL};
  char *alone[] = {NULL, "script", NULL};
  snprintf(out_variable, sizeof out_variable, "OUT=%s", path_to("out"));
  run_script(context, "script", arguments, out_variable);
  ASSERT_STR_EQ(read_text(path_to("out"), text, sizeof text), "b/script|one||three|");
  ASSERT_STR_EQ(arguments[1], "a name of its own");
  run_script(context, "./b/script", alone, out_variable);
  ASSERT_STR_EQ(read_text(path_to("out"), text, sizeof text), "./b/script|");
  ASSERT_STR_EQ(alone[1], "script");
}

TEST(file_without_interpreter_is_run_by_the_shell, ANYWHERE) {
  make_search_path();
  write_file("b/script", 0755, script);
  in_every_way(check_script);
}

static void check_empty_file(struct launch_context *context) {
  char *argv[] = {NULL, "empty", NULL}, *environment[] = {NULL};
  const struct launch_plan plan = {.file = path_to("empty"), .argv = argv + 1, .envp = environment};
  struct launch_child child;
  struct launch_error error;
  ASSERT_ZERO(launch(context, &plan, &child, &error));
  expect_exit_code(&child, 0);
}

TEST(empty_file_is_an_empty_script, ANYWHERE) {
  write_file("empty", 0755, "");
  in_every_way(check_empty_file);
}

/* ---- directories ------------------------------------------------------------------------------------------------------------ */

static void check_directories(struct launch_context *context) {
  const struct probe_report report = run_with_path(context, test_program("probe"), NULL, path_to("b"));
  ASSERT_STR_EQ(report.cwd, path_to("b"));
  EXPECT_ERROR(fail_with_path(context, "true", NULL, "/no/such/directory"), LAUNCH_STEP_CWD, ENOENT);
  EXPECT_ERROR(fail_with_path(context, "true", NULL, path_to("file")), LAUNCH_STEP_CWD, ENOTDIR);
  EXPECT_ERROR(fail_with_path(context, "true", NULL, ""), LAUNCH_STEP_CWD, ENOENT);
}

TEST(working_directory_is_entered_or_the_step_is_named, ANYWHERE) {
  make_search_path();
  in_every_way(check_directories);
}

/* ---- through the caller's descriptors ----------------------------------------------------------------------------------------- */

static char *format_path(const char *format, int number) {
  static char paths[4][64];
  static size_t next;
  char *path = paths[next++ % COUNT(paths)];
  snprintf(path, 64, format, number);
  return path;
}

static void check_own_descriptors(struct launch_context *context) {
  const int program = CHECKED(open(test_program("probe"), O_RDONLY | O_CLOEXEC));
  const int bare = CHECKED(open(test_program("probe"), O_PATH));
  const int directory = CHECKED(open(path_to("b"), O_RDONLY | O_DIRECTORY));
  run_with_path(context, format_path("/proc/self/fd/%d", program), NULL, NULL);
  run_with_path(context, format_path("/dev/fd/%d", program), NULL, NULL);
  run_with_path(context, format_path("/proc/self/fd/%d", bare), NULL, NULL);
  run_with_path(context, format_path("/proc/self/fd/%d/program", directory), NULL, NULL);
  run_with_path(context, "program", "PATH=", format_path("/proc/self/fd/%d", directory));
  run_with_path(context, format_path("/dev/fd/%d", program), NULL, format_path("/dev/fd/%d", directory));
  EXPECT_EXEC_ERROR(context, "/proc/self/fd/9999", NULL, NULL, ENOENT);
  EXPECT_EXEC_ERROR(context, "/proc/self/fd/99999999999999999999", NULL, NULL, ENOENT);
  EXPECT_EXEC_ERROR(context, "/proc/self/fd/", NULL, NULL, EACCES);
  close_all((int[]){program, bare, directory}, 3);
}

TEST(descriptor_of_the_caller_names_program_and_directory, ANYWHERE) {
  make_search_path();
  in_every_way(check_own_descriptors);
}

/* Here 30 is the script, in the child it is the probe. */
static void check_childs_descriptor(struct launch_context *context) {
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, LAUNCH_FD_NULL}, {30, 31}};
  struct probe probe;
  struct probe_report report;
  probe_init(&probe);
  probe_give(&probe, fds, COUNT(fds));
  probe.plan.file = "/proc/self/fd/30";
  probe_run(context, &probe, &report);
  EXPECT_EXACT(&report, fds, COUNT(fds));
}

TEST(descriptor_of_the_child_names_the_childs_own_file, ANYWHERE) {
  CHECKED(dup2(CHECKED(open("/bin/sh", O_RDONLY)), 30));
  CHECKED(dup2(CHECKED(open(test_program("probe"), O_RDONLY)), 31));
  in_every_way(check_childs_descriptor);
}

/* ---- where the child can't go through the caller ----------------------------------------------------------------------------- */

enum { NOBODY = 65534, HIGH = 300 };

/* Exactly what it is given: the descriptors that lead to program and directory are gone. */
static void check_lent(struct launch_context *context, bool set_uid) {
  static struct parent_state before;
  const struct launch_fd fds[] = {{0, LAUNCH_FD_NULL}, {1, HIGH + 1}, {3, HIGH + 2}};
  char *argv[] = {NULL, "script", NULL}, *environment[] = {NULL};
  struct probe probe;
  struct probe_report report;
  const int script = CHECKED(open(path_to("script"), O_RDONLY | O_CLOEXEC));
  parent_state_take(&before, context);
  for (int give = 0; give < 2; give++) {
    probe_init(&probe);
    if (give) probe_give(&probe, fds, COUNT(fds));
    probe.plan.file = format_path("/proc/self/fd/%d", HIGH);
    probe.plan.cwd = format_path("/dev/fd/%d", HIGH + 3);
    probe.plan.set_uid = set_uid;
    probe.plan.uid = NOBODY;
    probe_run(context, &probe, &report);
    EXPECT_EXACT(&report, fds, give ? COUNT(fds) : 0);
    ASSERT_STR_EQ(report.cwd, path_to("b"));
    probe.plan.file = format_path("/proc/self/fd/%d//program", HIGH + 3);
    probe.plan.cwd = format_path("/proc/self/fd/%d/../c/", HIGH + 3);
    probe_run(context, &probe, &report);
    EXPECT_EXACT(&report, fds, give ? COUNT(fds) : 0);
    ASSERT_STR_EQ(report.cwd, path_to("c"));
    probe.plan.cwd = format_path("/proc/self/fd/%d", HIGH);
    EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_CWD, ENOTDIR);
  }
  struct launch_plan plan = {.file = format_path("/proc/self/fd/%d", script),
                             .argv = argv + 1,
                             .envp = environment,
                             .set_uid = set_uid,
                             .uid = NOBODY};
  EXPECT_ERROR(launch_failing(context, &plan), LAUNCH_STEP_EXEC, ENOENT);
  EXPECT_UNCHANGED(&before, context);
  close(script);
}

static void check_lent_to_same_user(struct launch_context *context) {
  check_lent(context, false);
}

static void check_lent_to_another_user(struct launch_context *context) {
  check_lent(context, true);
}

static void make_lent_files(void) {
  make_search_path();
  write_file("script", 0755, "#!/bin/sh\n");
  allow_fds_up_to(HIGH + 3);
  fresh_fd_at(HIGH + 1);
  fresh_fd_at(HIGH + 2);
  CHECKED(dup2(CHECKED(open(test_program("probe"), O_RDONLY)), HIGH));
  CHECKED(dup2(CHECKED(open(path_to("b"), O_RDONLY | O_DIRECTORY)), HIGH + 3));
}

/* A change of ids makes a process undumpable: its /proc belongs to root. */
static void launch_undumpable(void *argument) {
  (void)argument;
  test_without_leak_check();
  CHECKED(chmod(test_directory(), 0777));
  CHECKED(setgid(NOBODY));
  CHECKED(setuid(NOBODY));
  if (prctl(PR_GET_DUMPABLE) == 1) FAIL("dumpable after setuid");
  in_every_way(check_lent_to_same_user);
  in_the_main_ways(check_own_descriptors);
}

TEST(descriptor_of_a_caller_that_is_not_dumpable_names_both, NATIVE) {
  if (geteuid() != 0) test_skip("needs root");
  make_lent_files();
  in_fork(launch_undumpable, NULL);
}

TEST(descriptor_of_the_caller_names_both_for_another_user, NOT_VALGRIND) {
  if (geteuid() != 0) test_skip("needs root");
  if (!test_runs_natively()) test_skip("emulators lack execveat");
  make_lent_files();
  in_every_way(check_lent_to_another_user);
}

/* ---- large argument lists ----------------------------------------------------------------------------------------------------- */

enum { ARGUMENT_SIZE = 100000 };

static char **make_large_argv(char **slots, size_t count) {
  char *argument = malloc(ARGUMENT_SIZE);
  ASSERT(argument != NULL);
  memset(argument, 'x', ARGUMENT_SIZE - 1);
  argument[ARGUMENT_SIZE - 1] = '\0';
  slots[1] = "true";
  for (size_t i = 0; i < count; i++)
    slots[2 + i] = argument;
  slots[2 + count] = NULL;
  return slots + 1;
}

static void check_large(struct launch_context *context) {
  static char *slots[100];
  char *no_environment[] = {NULL};
  struct launch_plan plan = {.file = "true", .envp = no_environment};
  struct launch_child child;
  struct launch_error error;

  plan.argv = make_large_argv(slots, 15);
  ASSERT_ZERO(launch(context, &plan, &child, &error));
  expect_exit_code(&child, 0);
  free(slots[2]);
  plan.argv = make_large_argv(slots, 80);
  EXPECT_ERROR(launch_failing(context, &plan), LAUNCH_STEP_EXEC, E2BIG);
  free(slots[2]);
}

/* A quarter of the stack's limit is what the kernel allows; 8 MB make it 2 MB. */
TEST(argument_list_can_be_as_large_as_the_kernel_allows, NOT_VALGRIND) {
  struct rlimit limit;
  CHECKED(getrlimit(RLIMIT_STACK, &limit));
  limit.rlim_cur = 8 << 20;
  CHECKED(setrlimit(RLIMIT_STACK, &limit));
  in_every_way(check_large);
}

/* ---- sessions --------------------------------------------------------------------------------------------------------------------- */

static void check_session(struct launch_context *context) {
  struct probe probe;
  struct probe_report report;
  probe_init(&probe);
  probe_run(context, &probe, &report);
  ASSERT_EQ(report.session, getsid(0));
  ASSERT_EQ(report.group, getpgid(0));
  ASSERT_EQ(report.ppid, getpid());

  probe_init(&probe);
  probe.plan.new_session = true;
  probe_run(context, &probe, &report);
  ASSERT_EQ(report.session, report.pid);
  ASSERT_EQ(report.group, report.pid);
}

TEST(new_session_is_made_when_asked_for, ANYWHERE) {
  in_every_way(check_session);
}
