/* fixture.h: what most tests of the core need: contexts, a probe to start, descriptors to give, a held launch. */
#ifndef TEST_CORE_FIXTURE_H
#define TEST_CORE_FIXTURE_H

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>

#include "launch.h"
#include "probe.h"
#include "test.h"

/* ---- contexts ---------------------------------------------------------------------------------------------------- */

struct launch_context *open_context(void);
/* Mails what could go by the table. */
struct launch_context *open_mailing_context(void);

/* How a launch can be done here: all ways on a real kernel, the fork-like ones under an emulator. */
struct method {
  enum launch_clone_mode clone_mode;
  enum launch_close_fds close_fds;
  enum launch_pidfd pidfd;
  bool fd_passing;     /* of the shared mode, also for low sources */
  bool handlers_reset; /* by the kernel, where it can */
  bool by_libc;        /* of the fork mode, as beside a tool that replaces libc's functions */
};
struct launch_context *open_context_for(struct method method);
void in_every_way(void (*check)(struct launch_context *context));
/* The fastest way, then one for each clone mode and seal. */
void in_the_main_ways(void (*check)(struct launch_context *context));

/* ---- descriptors ------------------------------------------------------------------------------------------------- */

/* A file with an inode of its own, without close-on-exec, at `number` or at the lowest free one. */
int fresh_fd(void);
int fresh_fd_at(int number);
void close_all(const int *numbers, size_t count);
bool is_open(int number);
ino_t inode_of(int fd);
/* Soft limit = hard limit; skips the test where that is too low. */
void allow_fds_up_to(int number);
void set_soft_nofile(rlim_t soft);

/* ---- launching --------------------------------------------------------------------------------------------------- */

/*
 * How far the probe asks number by number, which costs 60 ns each. It lists /proc/self/fd as well; the tests of the
 * promise itself go on to PROBE_HIGHEST.
 */
enum { USUAL_HIGHEST = 1200 };

/* One start of the probe. Change `plan`, `then`, or more arguments from argv[4] on. */
struct probe {
  struct launch_plan plan;
  char *slots[40];
  char **argv; /* slots + 1 */
  char program[PATH_MAX];
  char report_path[PATH_MAX];
  char highest[12];
};
void probe_init(struct probe *probe);
void probe_scan_up_to(struct probe *probe, int highest);
void probe_then(struct probe *probe, char *then);
void probe_give(struct probe *probe, const struct launch_fd *fds, size_t count);

/* Starts it, waits for its end, reads the report. Anything but exit code 0 fails the test. */
void probe_run(struct launch_context *context, struct probe *probe, struct probe_report *ret_report);
void probe_start(struct launch_context *context, struct probe *probe, struct launch_child *ret_child);
void probe_read(const struct probe *probe, struct probe_report *ret_report);
bool probe_has_reported(const struct probe *probe);

/* Must fail: nothing started, no child left. */
struct launch_error launch_failing(struct launch_context *context, const struct launch_plan *plan);
#define EXPECT_ERROR(actual, step_, errno_)                                                                  \
  do {                                                                                                       \
    const struct launch_error e_ = (actual);                                                                 \
    if (e_.step != (step_) || e_.error != -(errno_))                                                         \
      FAIL("%s: step %s, error %d, signal %d, not %s, %d", #actual, launch_step_name(e_.step), e_.error,     \
           e_.signal, launch_step_name(step_), -(errno_));                                                   \
  } while (0)

void wait_for_exit(struct launch_child *child, struct launch_exit *ret_exit);
void expect_exit_code(struct launch_child *child, int code);
void kill_and_reap(struct launch_child *child);
void expect_no_children(void);

/* The probe holds exactly these, each the same file as its source, and none is close-on-exec. */
void expect_exact(const char *file, int line, const struct probe_report *report, const struct launch_fd *fds,
                  size_t count);
#define EXPECT_EXACT(report, fds, count) expect_exact(__FILE__, __LINE__, report, fds, count)
const char *probe_argument(const struct probe_report *report, int index);

/* ---- a launch held at a gate -------------------------------------------------------------------------------------- */

struct held {
  struct launch_context *context;
  const struct launch_plan *plan;
  enum launch_test_hook hook;
  pthread_t thread;
  int result;
  struct launch_child child;
  struct launch_error error;
};
/* Launches in another thread; returns once the child is at the gate. */
void held_start(struct held *held, struct launch_context *context, const struct launch_plan *plan,
                enum launch_test_hook hook);
/* Opens the gate and waits for launch() to return. */
void held_finish(struct held *held);
/*
 * For a forked copy of the caller that is to be killed: writes the pid of the held child to `report_pid`, and waits for
 * its death. Another process then opens the gate.
 */
_Noreturn void held_for_ever(struct launch_context *context, const struct launch_plan *plan,
                             enum launch_test_hook hook, int report_pid);
/* Waits for launch() only: for a child that was killed. */
void held_join(struct held *held);

/* ---- processes and files ------------------------------------------------------------------------------------------ */

/* Runs `body` in a forked process; its failure or skip is the test's. */
void in_fork(void (*body)(void *argument), void *argument);
/* What such a process ended with is the test's failure or skip. */
void expect_pass(int status);
const char *path_in_test_directory(const char *name);
const char *write_file(const char *name, mode_t mode, const char *text);
char *read_text(const char *path, char *buffer, size_t size);

#define COUNT(array) (sizeof(array) / sizeof *(array))

#endif
