/*
 * The test addon: what badly behaved native code does to a process, on demand. It opens descriptors without
 * close-on-exec, at any number and from other threads, takes exit statuses that are not its own, changes limits and
 * dispositions. And it tells what /proc does not: the raw mask and every disposition.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <node_api.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
  SIGNALS = 64,
  MAX_THREADS = 16,
  PATH_BYTES = 4096,
  POLL_INTERVAL = 200, /* microseconds, while there is no child to wait for */
};

/* ---- arguments and results -------------------------------------------------------------------------------------- */

static napi_value throw_errno(napi_env env, const char *call) {
  char message[256];
  snprintf(message, sizeof message, "%s: %s", call, strerror(errno));
  napi_throw_error(env, NULL, message);
  return NULL;
}

/* Those that the caller left out stay 0. */
static void integers(napi_env env, napi_callback_info info, int64_t *numbers, size_t count) {
  napi_value arguments[4];
  size_t given = count;
  napi_get_cb_info(env, info, &given, arguments, NULL, NULL);
  for (size_t i = 0; i < count; i++) {
    numbers[i] = 0;
    if (i < given) napi_get_value_int64(env, arguments[i], &numbers[i]);
  }
}

static napi_value from_integer(napi_env env, int64_t number) {
  napi_value value;
  napi_create_int64(env, number, &value);
  return value;
}

static napi_value from_pair(napi_env env, const int pair[2]) {
  napi_value array;
  napi_create_array_with_length(env, 2, &array);
  for (uint32_t i = 0; i < 2; i++)
    napi_set_element(env, array, i, from_integer(env, pair[i]));
  return array;
}

/* ---- descriptors, all without close-on-exec --------------------------------------------------------------------- */

static napi_value open_file(napi_env env, napi_callback_info info) {
  napi_value argument;
  size_t count = 1;
  char path[PATH_BYTES];
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  if (napi_get_value_string_utf8(env, argument, path, sizeof path, NULL) != napi_ok) return NULL;
  int fd = open(path, O_RDWR);
  return fd < 0 ? throw_errno(env, "open") : from_integer(env, fd);
}

static napi_value open_pipe(napi_env env, napi_callback_info info) {
  (void)info;
  int ends[2];
  return pipe(ends) != 0 ? throw_errno(env, "pipe") : from_pair(env, ends);
}

static napi_value open_sockets(napi_env env, napi_callback_info info) {
  (void)info;
  int ends[2];
  return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0 ? throw_errno(env, "socketpair")
                                                        : from_pair(env, ends);
}

/* move(fd, number): the descriptor now has that number. */
static napi_value move(napi_env env, napi_callback_info info) {
  int64_t numbers[2];
  integers(env, info, numbers, 2);
  if (dup2((int)numbers[0], (int)numbers[1]) < 0) return throw_errno(env, "dup2");
  if (numbers[0] != numbers[1]) close((int)numbers[0]);
  return from_integer(env, numbers[1]);
}

/* duplicate(fd, lowest): a duplicate at the lowest free number from `lowest` on. */
static napi_value duplicate(napi_env env, napi_callback_info info) {
  int64_t numbers[2];
  integers(env, info, numbers, 2);
  int fd = fcntl((int)numbers[0], F_DUPFD, (int)numbers[1]);
  return fd < 0 ? throw_errno(env, "fcntl") : from_integer(env, fd);
}

/* Even 0, 1 and 2, and numbers that Node believes to be its own. */
static napi_value close_fd(napi_env env, napi_callback_info info) {
  int64_t fd;
  integers(env, info, &fd, 1);
  return close((int)fd) != 0 ? throw_errno(env, "close") : NULL;
}

/* FD_CLOEXEC or 0, -1 if the descriptor is closed. */
static napi_value fd_flags(napi_env env, napi_callback_info info) {
  int64_t fd;
  integers(env, info, &fd, 1);
  return from_integer(env, fcntl((int)fd, F_GETFD));
}

static napi_value status_flags(napi_env env, napi_callback_info info) {
  int64_t fd;
  integers(env, info, &fd, 1);
  return from_integer(env, fcntl((int)fd, F_GETFL));
}

/* ---- threads that open and close descriptors -------------------------------------------------------------------- */

static struct {
  pthread_t threads[MAX_THREADS];
  size_t count;
  atomic_bool stop;
  atomic_long opened;
} churn;

/* Leaves no number alone: the lowest free ones by pipe(2), and a duplicate far above them. */
static void *churn_thread(void *unused) {
  (void)unused;
  while (!churn.stop) {
    int ends[2];
    if (pipe(ends) != 0) continue;
    int high = fcntl(ends[1], F_DUPFD, 500);
    churn.opened += high < 0 ? 2 : 3;
    close(ends[0]);
    close(ends[1]);
    if (high >= 0) close(high);
  }
  return NULL;
}

/* startChurn(threads) */
static napi_value start_churn(napi_env env, napi_callback_info info) {
  int64_t count;
  integers(env, info, &count, 1);
  churn.stop = false;
  churn.opened = 0;
  for (churn.count = 0; churn.count < (size_t)count && churn.count < MAX_THREADS; churn.count++) {
    errno = pthread_create(&churn.threads[churn.count], NULL, churn_thread, NULL);
    if (errno != 0) return throw_errno(env, "pthread_create");
  }
  return NULL;
}

/* How many descriptors were opened. */
static napi_value stop_churn(napi_env env, napi_callback_info info) {
  (void)info;
  churn.stop = true;
  for (size_t i = 0; i < churn.count; i++)
    pthread_join(churn.threads[i], NULL);
  churn.count = 0;
  return from_integer(env, churn.opened);
}

/* ---- a thread that reaps every child ---------------------------------------------------------------------------- */

static struct {
  pthread_t thread;
  atomic_bool stop;
  atomic_long reaped;
} thief;

/* Asleep in waitpid(2), it wakes together with whoever watches a pidfd. */
static void *thief_thread(void *unused) {
  (void)unused;
  while (!thief.stop) {
    if (waitpid(-1, NULL, 0) > 0) {
      thief.reaped++;
    } else {
      usleep(POLL_INTERVAL);
    }
  }
  return NULL;
}

static napi_value start_thief(napi_env env, napi_callback_info info) {
  (void)info;
  thief.stop = false;
  thief.reaped = 0;
  errno = pthread_create(&thief.thread, NULL, thief_thread, NULL);
  return errno != 0 ? throw_errno(env, "pthread_create") : NULL;
}

static napi_value stolen(napi_env env, napi_callback_info info) {
  (void)info;
  return from_integer(env, thief.reaped);
}

/* How many children were taken. Waits for those that are alive. */
static napi_value stop_thief(napi_env env, napi_callback_info info) {
  (void)info;
  thief.stop = true;
  pthread_join(thief.thread, NULL);
  return from_integer(env, thief.reaped);
}

/* ---- orphans ---------------------------------------------------------------------------------------------------- */

/* From now on the children of a dead child are ours, and so is their exit status. */
static napi_value adopt_orphans(napi_env env, napi_callback_info info) {
  (void)info;
  return prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 ? throw_errno(env, "prctl") : NULL;
}

/* reap(pid): [exit code, signal], or undefined while it lives or is not ours yet. */
static napi_value reap(napi_env env, napi_callback_info info) {
  int64_t pid;
  int status;
  integers(env, info, &pid, 1);
  if (waitpid((pid_t)pid, &status, WNOHANG) <= 0) return NULL;
  return from_pair(
      env, (int[]){WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0});
}

/* ---- signals ---------------------------------------------------------------------------------------------------- */

struct kernel_sigaction {
  uintptr_t handler;
  unsigned long flags;
  uintptr_t restorer;
  uint64_t mask;
};

/* Written by whichever process runs the handler: a child that shares this memory shows here too. */
static atomic_long caught;
static atomic_int caught_by;

static void count_signal(int number) {
  (void)number;
  caught_by = getpid();
  caught++;
}

static napi_value set_handler(napi_env env, napi_callback_info info, void (*handler)(int)) {
  int64_t number;
  integers(env, info, &number, 1);
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigfillset(&action.sa_mask);
  return sigaction((int)number, &action, NULL) != 0 ? throw_errno(env, "sigaction") : NULL;
}

static napi_value catch_signal(napi_env env, napi_callback_info info) {
  return set_handler(env, info, count_signal);
}

static napi_value ignore_signal(napi_env env, napi_callback_info info) {
  return set_handler(env, info, SIG_IGN);
}

static napi_value reset_signal(napi_env env, napi_callback_info info) {
  return set_handler(env, info, SIG_DFL);
}

/* [how often, last pid] */
static napi_value caught_signals(napi_env env, napi_callback_info info) {
  (void)info;
  return from_pair(env, (int[]){(int)caught, caught_by});
}

static napi_value block_signal(napi_env env, napi_callback_info info) {
  int64_t number;
  integers(env, info, &number, 1);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, (int)number);
  errno = pthread_sigmask(SIG_BLOCK, &set, NULL);
  return errno != 0 ? throw_errno(env, "pthread_sigmask") : NULL;
}

/* The mask of this thread, then handler, flags and mask of each signal, in hexadecimal. Raw: libc hides two signals. */
static napi_value signal_state(napi_env env, napi_callback_info info) {
  (void)info;
  uint64_t blocked = 0;
  napi_value state, line;
  char text[128];
  if (syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &blocked, sizeof blocked) != 0)
    return throw_errno(env, "mask");
  napi_create_array(env, &state);
  snprintf(text, sizeof text, "blocked %016llx", (unsigned long long)blocked);
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &line);
  napi_set_element(env, state, 0, line);
  for (uint32_t number = 1; number <= SIGNALS; number++) {
    struct kernel_sigaction action;
    if (syscall(SYS_rt_sigaction, number, NULL, &action, sizeof blocked) != 0)
      return throw_errno(env, "rt_sigaction");
    snprintf(text, sizeof text, "%u: %lx %lx %llx", number, (unsigned long)action.handler, action.flags,
             (unsigned long long)action.mask);
    napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &line);
    napi_set_element(env, state, number, line);
  }
  return state;
}

/* ---- the process ------------------------------------------------------------------------------------------------ */

/* setSoftLimit(resource, value) */
static napi_value set_soft_limit(napi_env env, napi_callback_info info) {
  int64_t numbers[2];
  integers(env, info, numbers, 2);
  struct rlimit limit;
  if (getrlimit((int)numbers[0], &limit) != 0) return throw_errno(env, "getrlimit");
  limit.rlim_cur = (rlim_t)numbers[1];
  return setrlimit((int)numbers[0], &limit) != 0 ? throw_errno(env, "setrlimit") : NULL;
}

static napi_value dumpable(napi_env env, napi_callback_info info) {
  (void)info;
  return from_integer(env, prctl(PR_GET_DUMPABLE));
}

NAPI_MODULE_INIT() {
  static const struct {
    const char *name;
    napi_callback function;
  } functions[] = {
      {"openFile", open_file},
      {"openPipe", open_pipe},
      {"openSockets", open_sockets},
      {"move", move},
      {"duplicate", duplicate},
      {"closeFd", close_fd},
      {"fdFlags", fd_flags},
      {"statusFlags", status_flags},
      {"startChurn", start_churn},
      {"stopChurn", stop_churn},
      {"startThief", start_thief},
      {"stopThief", stop_thief},
      {"stolen", stolen},
      {"catchSignal", catch_signal},
      {"ignoreSignal", ignore_signal},
      {"resetSignal", reset_signal},
      {"blockSignal", block_signal},
      {"caughtSignals", caught_signals},
      {"signalState", signal_state},
      {"setSoftLimit", set_soft_limit},
      {"dumpable", dumpable},
      {"adoptOrphans", adopt_orphans},
      {"reap", reap},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value function;
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, NULL, &function);
    napi_set_named_property(env, exports, functions[i].name, function);
  }
  return exports;
}
