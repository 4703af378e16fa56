/*
 * Runs what the files test-*.c define with TEST().
 *
 *   test-core               all of them
 *   test-core NAME...       those; exit code 77 if all of them were skipped
 *   test-core --list        their names
 *   test-core --helper ...  a part that a test needs in a program of its own (helpers.c)
 *
 * TEST_CORE_UNDER=valgrind|qemu says which emulator this runs under; what needs the real kernel is skipped.
 */
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "helpers.h"

enum { TEST_DEADLINE_S = 120 };
enum outcome { PASSED, FAILED, SKIPPED, OUTCOME_COUNT };

/* All tests, in the order in which they were linked. */
static struct test *tests;

void test_register(struct test *test) {
  static struct test **end = &tests;
  *end = test;
  end = &test->next;
}

/* Shared with the process of the test. */
static struct record {
  bool failed;
  char message[1000];
  char section[200];
  char notes[1000];
} * record;

static char program_directory[PATH_MAX];
static char runner_directory[PATH_MAX];
static char current_directory[PATH_MAX + 256];

/* ---- for the tests ----------------------------------------------------------------------------------------------- */

_Noreturn void test_fail(const char *file, int line, const char *format, ...) {
  if (!__atomic_exchange_n(&record->failed, true, __ATOMIC_SEQ_CST)) {
    const char *base = strrchr(file, '/');
    const int used = snprintf(record->message, sizeof record->message, "%s:%d: %s", base ? base + 1 : file,
                              line, record->section);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(record->message + used, sizeof record->message - (size_t)used, format, arguments);
    va_end(arguments);
  }
  _exit(1);
}

_Noreturn void test_skip(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(record->message, sizeof record->message, format, arguments);
  va_end(arguments);
  _exit(TEST_SKIPPED);
}

static bool leak_check_impossible;

void test_without_leak_check(void) {
  leak_check_impossible = true;
}

_Noreturn void test_pass(void) {
  if (leak_check_impossible) _exit(0);
  exit(0);
}

void test_section(const char *format, ...) {
  char name[sizeof record->section - 4];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(name, sizeof name, format, arguments);
  va_end(arguments);
  snprintf(record->section, sizeof record->section, "[%s] ", name);
}

void test_note(const char *format, ...) {
  const size_t used = strlen(record->notes);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(record->notes + used, sizeof record->notes - used, format, arguments);
  va_end(arguments);
}

const char *test_directory(void) {
  return current_directory;
}

const char *test_program(const char *name) {
  static _Thread_local char path[PATH_MAX + 512];
  snprintf(path, sizeof path, "%s/%s", program_directory, name);
  return path;
}

bool test_runs_natively(void) {
  return getenv("TEST_CORE_UNDER") == NULL;
}

int64_t test_milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void test_pause(void) {
  nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
}

/* ---- the runner -------------------------------------------------------------------------------------------------- */

static void find_program_directory(void) {
  const ssize_t length = readlink("/proc/self/exe", program_directory, sizeof program_directory - 1);
  if (length < 0) {
    perror("/proc/self/exe");
    exit(2);
  }
  *strrchr(program_directory, '/') = '\0';
}

/* The tests count descriptors: start from 0-2 whatever make or a terminal left open. */
static void close_what_was_inherited(void) {
  int numbers[256];
  size_t count = 0;
  DIR *directory = opendir("/proc/self/fd");
  if (directory == NULL) return;
  for (struct dirent *entry; count < 256 && (entry = readdir(directory)) != NULL;) {
    const int number = atoi(entry->d_name);
    if (number > 2 && number != dirfd(directory)) numbers[count++] = number;
  }
  closedir(directory);
  while (count > 0)
    close(numbers[--count]);
}

static void make_directory(char *path, const char *parent, const char *name) {
  snprintf(path, sizeof current_directory, "%s/%s", parent, name);
  if (mkdir(path, 0755) < 0 || chmod(path, 0755) < 0) {
    perror(path);
    exit(2);
  }
}

static void make_runner_directory(void) {
  const char *base = getenv("TMPDIR");
  snprintf(runner_directory, sizeof runner_directory, "%s/test-core.XXXXXX", base != NULL ? base : "/tmp");
  if (mkdtemp(runner_directory) == NULL || chmod(runner_directory, 0755) < 0) {
    perror(runner_directory);
    exit(2);
  }
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk) {
  (void)status, (void)type, (void)walk;
  return remove(path);
}

static void remove_directory(const char *path) {
  nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Raw: whoever started the runner may have left one of libc's own signals ignored. */
static void reset_signals(void) {
  static const struct {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
  } standard;
  for (int number = 1; number <= 64; number++)
    syscall(SYS_rt_sigaction, number, &standard, NULL, sizeof standard.mask);
}

static void run_in_this_process(const struct test *test) {
  sigset_t none;
  reset_signals();
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  setsid();
  test->run();
  test_pass();
}

/* SIGCHLD is blocked in the runner, so one that comes early is kept for sigtimedwait. */
static bool wait_with_deadline(pid_t pid, int *status) {
  const int64_t deadline = test_milliseconds() + TEST_DEADLINE_S * 1000;
  sigset_t child_signal;
  sigemptyset(&child_signal);
  sigaddset(&child_signal, SIGCHLD);
  while (waitpid(pid, status, WNOHANG) == 0) {
    if (test_milliseconds() > deadline) return false;
    sigtimedwait(&child_signal, NULL, &(struct timespec){.tv_sec = 1});
  }
  return true;
}

/* The runner is a subreaper: whatever a test left running is its child now. */
static int kill_left_processes(void) {
  int killed = 0;
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
  for (pid_t pid; (pid = waitpid(-1, NULL, WNOHANG | __WALL)) >= 0;) {
    if (pid > 0) continue;
    FILE *children = fopen(path, "re");
    if (children == NULL) return killed;
    for (int left; fscanf(children, "%d", &left) == 1; killed++)
      kill(left, SIGKILL);
    fclose(children);
    test_pause();
  }
  return killed;
}

static enum outcome judge(bool ended, int status, int left) {
  if (record->failed) return FAILED;
  if (!ended) {
    snprintf(record->message, sizeof record->message, "not done after %d s", TEST_DEADLINE_S);
  } else if (WIFSIGNALED(status)) {
    snprintf(record->message, sizeof record->message, "killed by signal %d", WTERMSIG(status));
  } else if (WEXITSTATUS(status) == TEST_SKIPPED) {
    return SKIPPED;
  } else if (WEXITSTATUS(status) != 0) {
    snprintf(record->message, sizeof record->message, "exit code %d", WEXITSTATUS(status));
  } else if (left > 0) {
    snprintf(record->message, sizeof record->message, "left %d processes behind", left);
  } else {
    return PASSED;
  }
  return FAILED;
}

/*
 * Emulators keep some signals to themselves; valgrind also has a limit of descriptors of its own, and does not survive
 * an execve(2) that fails with E2BIG, nor a fatal SIGSYS.
 */
static bool can_run(enum needs needs) {
  const char *emulator = getenv("TEST_CORE_UNDER");
  if (emulator == NULL) return true;
  return needs == ANYWHERE || (needs == NOT_VALGRIND && strcmp(emulator, "valgrind") != 0);
}

static enum outcome run(const struct test *test) {
  memset(record, 0, sizeof *record);
  if (!can_run(test->needs)) {
    snprintf(record->message, sizeof record->message, "not under %s", getenv("TEST_CORE_UNDER"));
    return SKIPPED;
  }
  make_directory(current_directory, runner_directory, test->name);
  fflush(NULL);
  const pid_t pid = fork();
  if (pid == 0) run_in_this_process(test);
  int status = 0;
  const bool ended = wait_with_deadline(pid, &status);
  kill(-pid, SIGKILL);
  const int left = kill_left_processes();
  remove_directory(current_directory);
  return judge(ended, status, left);
}

static void print_result(int number, const struct test *test, enum outcome outcome, int64_t milliseconds) {
  const char *verdict = outcome == FAILED ? "not ok" : "ok";
  printf("%s %d - %s", verdict, number, test->name);
  if (outcome == SKIPPED) printf(" # SKIP %s", record->message);
  printf(" (%lld ms)\n", (long long)milliseconds);
  if (outcome == FAILED) printf("  # %s\n", record->message);
  if (record->notes[0] != '\0') printf("  # %s\n", record->notes);
  fflush(stdout);
}

static bool selected(const struct test *test, char **names) {
  if (*names == NULL) return true;
  for (; *names != NULL; names++)
    if (strcmp(*names, test->name) == 0) return true;
  return false;
}

static int run_selected(char **names) {
  int totals[OUTCOME_COUNT] = {0};
  int number = 0;
  for (const struct test *test = tests; test != NULL; test = test->next) {
    if (!selected(test, names)) continue;
    const int64_t start = test_milliseconds();
    const enum outcome outcome = run(test);
    totals[outcome]++;
    print_result(++number, test, outcome, test_milliseconds() - start);
  }
  printf("1..%d\n%d passed, %d failed, %d skipped\n", number, totals[PASSED], totals[FAILED],
         totals[SKIPPED]);
  if (totals[FAILED] > 0 || number == 0) return 1;
  return totals[PASSED] == 0 ? TEST_SKIPPED : 0;
}

static int list(void) {
  for (const struct test *test = tests; test != NULL; test = test->next)
    printf("%s\n", test->name);
  return 0;
}

static void prepare_runner(void) {
  close_what_was_inherited();
  record = mmap(NULL, sizeof *record, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (record == MAP_FAILED) exit(2);
  sigset_t child_signal;
  sigemptyset(&child_signal);
  sigaddset(&child_signal, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child_signal, NULL);
  signal(SIGCHLD, SIG_DFL);
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  umask(022);
}

int main(int argc, char **argv) {
  find_program_directory();
  prepare_runner();
  if (argc > 2 && strcmp(argv[1], "--helper") == 0) return run_helper(argv + 2);
  if (argc == 2 && strcmp(argv[1], "--list") == 0) return list();
  make_runner_directory();
  const int result = run_selected(argv + 1);
  remove_directory(runner_directory);
  return result;
}
