#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- contexts ---------------------------------------------------------------------------------------------------- */

struct launch_context *open_context(void) {
  struct launch_context *context;
  ASSERT_ZERO(launch_context_open(&context));
  return context;
}

struct launch_context *open_context_for(struct method method) {
  test_section("%s%s, %s, %s%s%s", launch_clone_mode_name(method.clone_mode),
               method.fd_passing ? " by mail" : "", launch_close_fds_name(method.close_fds),
               launch_pidfd_name(method.pidfd), method.handlers_reset ? ", handlers reset" : "",
               method.by_libc ? ", by libc" : "");
  struct launch_context *context = open_context();
  launch_force(context, method.clone_mode, method.close_fds, method.pidfd);
  if (method.fd_passing) launch_force_fd_passing(context);
  if (method.handlers_reset) launch_force_handlers_reset(context);
  if (method.by_libc) launch_force_libc(context);
  return context;
}

struct launch_context *open_mailing_context(void) {
  struct launch_context *context = open_context();
  launch_force_fd_passing(context);
  return context;
}

static void check_in(struct method method, void (*check)(struct launch_context *context)) {
  if (method.clone_mode != LAUNCH_CLONE_FORK && !test_runs_natively()) return;
  struct launch_context *context = open_context_for(method);
  check(context);
  launch_context_close(context);
}

/*
 * The shared table exists only together with the seal that ends the sharing, and mail only there. A kernel that resets
 * handlers has pidfds too, and emulators don't.
 */
static bool is_possible(struct method method) {
  if ((method.clone_mode == LAUNCH_CLONE_VFORK_SHARED_FDS) != (method.close_fds == LAUNCH_CLOSE_FDS_UNSHARE))
    return false;
  if (method.fd_passing && method.clone_mode != LAUNCH_CLONE_VFORK_SHARED_FDS) return false;
  if (method.by_libc && method.clone_mode != LAUNCH_CLONE_FORK) return false;
  return !method.handlers_reset ||
         (method.clone_mode != LAUNCH_CLONE_FORK && method.pidfd == LAUNCH_PIDFD_CLONE);
}

void in_every_way(void (*check)(struct launch_context *context)) {
  enum { COMBINATIONS = LAUNCH_CLONE_MODE_COUNT * LAUNCH_CLOSE_FDS_NONE * LAUNCH_PIDFD_COUNT * 2 * 2 * 2 };
  for (int rest, i = 0; i < COMBINATIONS; i++) {
    struct method method;
    rest = i;
    method.clone_mode = (enum launch_clone_mode)(rest % LAUNCH_CLONE_MODE_COUNT),
    rest /= LAUNCH_CLONE_MODE_COUNT;
    method.close_fds = (enum launch_close_fds)(rest % LAUNCH_CLOSE_FDS_NONE), rest /= LAUNCH_CLOSE_FDS_NONE;
    method.pidfd = (enum launch_pidfd)(rest % LAUNCH_PIDFD_COUNT), rest /= LAUNCH_PIDFD_COUNT;
    method.fd_passing = rest % 2, rest /= 2;
    method.handlers_reset = rest % 2, rest /= 2;
    method.by_libc = rest % 2;
    if (is_possible(method)) check_in(method, check);
  }
}

void in_the_main_ways(void (*check)(struct launch_context *context)) {
  static const struct method methods[] = {
      {LAUNCH_CLONE_VFORK_SHARED_FDS, LAUNCH_CLOSE_FDS_UNSHARE, LAUNCH_PIDFD_CLONE, false, true, false},
      {LAUNCH_CLONE_VFORK_SHARED_FDS, LAUNCH_CLOSE_FDS_UNSHARE, LAUNCH_PIDFD_CLONE, true, false, false},
      {LAUNCH_CLONE_VFORK, LAUNCH_CLOSE_FDS_RANGE, LAUNCH_PIDFD_NONE, false, false, false},
      {LAUNCH_CLONE_VFORK, LAUNCH_CLOSE_FDS_PROC, LAUNCH_PIDFD_NONE, false, false, false},
      {LAUNCH_CLONE_FORK, LAUNCH_CLOSE_FDS_RANGE, LAUNCH_PIDFD_CLONE, false, false, false},
      {LAUNCH_CLONE_FORK, LAUNCH_CLOSE_FDS_PROC, LAUNCH_PIDFD_NONE, false, false, false},
      {LAUNCH_CLONE_FORK, LAUNCH_CLOSE_FDS_RANGE, LAUNCH_PIDFD_CLONE, false, false, true},
  };
  for (size_t i = 0; i < COUNT(methods); i++)
    check_in(methods[i], check);
}

/* ---- descriptors ------------------------------------------------------------------------------------------------- */

int fresh_fd(void) {
  return CHECKED(memfd_create("fresh", 0));
}

int fresh_fd_at(int number) {
  const int fd = fresh_fd();
  if (fd == number) return fd;
  CHECKED(dup2(fd, number));
  close(fd);
  return number;
}

void close_all(const int *numbers, size_t count) {
  for (size_t i = 0; i < count; i++)
    close(numbers[i]);
}

bool is_open(int number) {
  return fcntl(number, F_GETFD) >= 0;
}

ino_t inode_of(int fd) {
  struct stat status;
  CHECKED(fstat(fd, &status));
  return status.st_ino;
}

void allow_fds_up_to(int number) {
  struct rlimit limit;
  CHECKED(getrlimit(RLIMIT_NOFILE, &limit));
  if (limit.rlim_max <= (rlim_t)number)
    test_skip("hard RLIMIT_NOFILE is %llu", (unsigned long long)limit.rlim_max);
  set_soft_nofile(limit.rlim_max);
}

void set_soft_nofile(rlim_t soft) {
  struct rlimit limit;
  CHECKED(getrlimit(RLIMIT_NOFILE, &limit));
  limit.rlim_cur = soft;
  CHECKED(setrlimit(RLIMIT_NOFILE, &limit));
}

/* ---- launching --------------------------------------------------------------------------------------------------- */

static void reserve_report_path(struct probe *probe) {
  static atomic_int counter;
  snprintf(probe->report_path, sizeof probe->report_path, "%s/report-%d-%d", test_directory(), (int)getpid(),
           atomic_fetch_add(&counter, 1));
}

/* Exists, and is writable for all, before the child runs: the probe may have another uid. */
static void create_report(const struct probe *probe) {
  const int file = CHECKED(open(probe->report_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  CHECKED(fchmod(file, 0666));
  close(file);
}

void probe_init(struct probe *probe) {
  static char *no_environment[] = {NULL};
  *probe = (struct probe){.argv = probe->slots + 1};
  reserve_report_path(probe);
  create_report(probe);
  probe->argv[0] = "probe";
  probe->argv[1] = probe->report_path;
  probe_scan_up_to(probe, USUAL_HIGHEST);
  probe->argv[2] = probe->highest;
  probe->argv[3] = "exit";
  snprintf(probe->program, sizeof probe->program, "%s", test_program("probe"));
  probe->plan.file = probe->program;
  probe->plan.argv = probe->argv;
  probe->plan.envp = no_environment;
}

void probe_scan_up_to(struct probe *probe, int highest) {
  snprintf(probe->highest, sizeof probe->highest, "%d", highest);
}

void probe_then(struct probe *probe, char *then) {
  probe->argv[3] = then;
}

void probe_give(struct probe *probe, const struct launch_fd *fds, size_t count) {
  probe->plan.fds = fds;
  probe->plan.fd_count = count;
}

void probe_start(struct launch_context *context, struct probe *probe, struct launch_child *ret_child) {
  struct launch_error error;
  const int result = launch(context, &probe->plan, ret_child, &error);
  if (result != 0)
    FAIL("launch: %d, step %s, error %d (%s), detail %d, signal %d", result, launch_step_name(error.step),
         error.error, strerror(-error.error), error.rlimit_resource, error.signal);
}

bool probe_has_reported(const struct probe *probe) {
  struct stat status;
  return stat(probe->report_path, &status) == 0 && status.st_size == sizeof(struct probe_report);
}

void probe_read(const struct probe *probe, struct probe_report *ret_report) {
  const int file = CHECKED(open(probe->report_path, O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(read(file, ret_report, sizeof *ret_report), sizeof *ret_report);
  close(file);
  ASSERT_EQ(ret_report->complete, 1);
}

void probe_run(struct launch_context *context, struct probe *probe, struct probe_report *ret_report) {
  struct launch_child child;
  probe_start(context, probe, &child);
  expect_exit_code(&child, 0);
  probe_read(probe, ret_report);
}

struct launch_error launch_failing(struct launch_context *context, const struct launch_plan *plan) {
  struct launch_child child = {.pid = -1, .pidfd = -1};
  struct launch_error error;
  if (launch(context, plan, &child, &error) == 0)
    FAIL("a launch that should fail started process %d", (int)child.pid);
  expect_no_children();
  return error;
}

void wait_for_exit(struct launch_child *child, struct launch_exit *ret_exit) {
  int reaped;
  EVENTUALLY((reaped = launch_reap(child, ret_exit)) != 0);
  ASSERT_EQ(reaped, 1);
  if (child->pidfd >= 0) close(child->pidfd);
}

void expect_exit_code(struct launch_child *child, int code) {
  struct launch_exit ending;
  wait_for_exit(child, &ending);
  ASSERT(!ending.lost);
  ASSERT_EQ(ending.signal, 0);
  ASSERT_EQ(ending.code, code);
}

void kill_and_reap(struct launch_child *child) {
  struct launch_exit ending;
  ASSERT_ZERO(launch_signal(child, SIGKILL));
  wait_for_exit(child, &ending);
  ASSERT_EQ(ending.signal, SIGKILL);
}

void expect_no_children(void) {
  const pid_t pid = waitpid(-1, NULL, WNOHANG | __WALL);
  if (pid != -1 || errno != ECHILD) FAIL("there is a child left: waitpid: %d", (int)pid);
}

static const char *difference(const struct probe_fd *actual, const struct launch_fd *wanted) {
  struct stat status;
  if (actual->number != wanted->target) return "another number";
  if (actual->fd_flags != 0) return "close-on-exec set";
  if (wanted->source == LAUNCH_FD_NULL)
    return S_ISCHR(actual->mode) && actual->special == makedev(1, 3) ? NULL : "not /dev/null";
  CHECKED(fstat(wanted->source, &status));
  return actual->device == status.st_dev && actual->inode == status.st_ino ? NULL : "another file";
}

void expect_exact(const char *file, int line, const struct probe_report *report, const struct launch_fd *fds,
                  size_t count) {
  for (size_t i = 0; i < count && i < (size_t)report->fd_count; i++) {
    const char *wrong = difference(&report->fds[i], &fds[i]);
    if (wrong != NULL)
      test_fail(file, line, "descriptor %zu: wanted %d <- %d, found %d (inode %llu, mode %o): %s", i,
                fds[i].target, fds[i].source, report->fds[i].number, (unsigned long long)report->fds[i].inode,
                report->fds[i].mode, wrong);
  }
  if (report->fd_count != (int)count)
    test_fail(file, line, "the child holds %d descriptors, not %zu; the last is %d", report->fd_count, count,
              report->fd_count > 0 ? report->fds[report->fd_count - 1].number : -1);
  if (report->listed_count >= 0 && report->listed_count != (int)count)
    test_fail(file, line, "/proc/self/fd of the child lists %d descriptors, not %zu", report->listed_count,
              count);
}

const char *probe_argument(const struct probe_report *report, int index) {
  const char *argument = report->text;
  if (index >= report->argc + report->envc) return NULL;
  while (index-- > 0)
    argument += strlen(argument) + 1;
  return argument;
}

/* ---- a launch held at a gate -------------------------------------------------------------------------------------- */

static void *launch_held(void *argument) {
  struct held *held = argument;
  held->result = launch(held->context, held->plan, &held->child, &held->error);
  return NULL;
}

void held_start(struct held *held, struct launch_context *context, const struct launch_plan *plan,
                enum launch_test_hook hook) {
  *held = (struct held){.context = context, .plan = plan, .hook = hook};
  launch_test_hook_arm(context, hook);
  ASSERT_ZERO(pthread_create(&held->thread, NULL, launch_held, held));
  EVENTUALLY(launch_test_hook_reached(context, hook));
}

void held_join(struct held *held) {
  ASSERT_ZERO(pthread_join(held->thread, NULL));
}

void held_finish(struct held *held) {
  launch_test_hook_release(held->context, held->hook);
  held_join(held);
}

/* Has the gates in common with its parent, and opens this one when that is gone. */
static _Noreturn void open_gate_after(pid_t parent, struct launch_context *context,
                                      enum launch_test_hook hook) {
  EVENTUALLY(getppid() != parent);
  launch_test_hook_release(context, hook);
  _exit(0);
}

_Noreturn void held_for_ever(struct launch_context *context, const struct launch_plan *plan,
                             enum launch_test_hook hook, int report_pid) {
  struct held held;
  struct probe probe;
  struct probe_report report;
  const pid_t self = getpid();
  /* A context notices the fork at its next launch, and forgets the gates then. */
  probe_init(&probe);
  probe_run(context, &probe, &report);
  held_start(&held, context, plan, hook);
  const pid_t pid = launch_test_hook_pid(context);
  if (CHECKED(fork()) == 0) open_gate_after(self, context, hook);
  ASSERT_EQ(write(report_pid, &pid, sizeof pid), sizeof pid);
  for (;;)
    pause();
}

/* ---- processes and files ------------------------------------------------------------------------------------------ */

void expect_pass(int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == TEST_SKIPPED) _exit(TEST_SKIPPED);
  if (WIFSIGNALED(status)) FAIL("forked part killed by signal %d", WTERMSIG(status));
  ASSERT_EQ(WEXITSTATUS(status), 0);
}

void in_fork(void (*body)(void *argument), void *argument) {
  const pid_t pid = CHECKED(fork());
  if (pid == 0) {
    body(argument);
    test_pass();
  }
  int status;
  EVENTUALLY(waitpid(pid, &status, WNOHANG) == pid);
  expect_pass(status);
}

const char *path_in_test_directory(const char *name) {
  static _Thread_local char path[PATH_MAX + 512];
  snprintf(path, sizeof path, "%s/%s", test_directory(), name);
  return path;
}

const char *write_file(const char *name, mode_t mode, const char *text) {
  const char *path = path_in_test_directory(name);
  const int file = CHECKED(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  ASSERT_EQ(write(file, text, strlen(text)), strlen(text));
  CHECKED(fchmod(file, mode));
  close(file);
  return path;
}

char *read_text(const char *path, char *buffer, size_t size) {
  const int file = CHECKED(open(path, O_RDONLY | O_CLOEXEC));
  const ssize_t length = CHECKED(read(file, buffer, size - 1));
  buffer[length] = '\0';
  close(file);
  return buffer;
}
