/*
 * interposer: a library for LD_PRELOAD that replaces functions of libc as bear or fakeroot do. Each allocates, takes a
 * lock, and adds a line to the file in INTERPOSER_LOG: the name and the arguments, between tabs.
 *
 *   INTERPOSER_THREADS=N      so many threads of this process allocate and take the lock all the time
 *   INTERPOSER_REFUSE=NAME    this function fails with EROFS
 *   INTERPOSER_LEAK=1         chdir() leaves a descriptor open, without close-on-exec
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *log_path, *refused;
static bool leaks;

/* The size varies, so that every arena and size class is met. */
static void allocate(void) {
  static __thread unsigned calls;
  char *volatile memory = malloc(100 + calls++ % 5000);

  free(memory);
}

static void prepare(void) {
  allocate();
  pthread_mutex_lock(&lock);
}

static void release(void) {
  pthread_mutex_unlock(&lock);
  allocate();
}

/* The pause leaves the processor to the launches. */
static void *allocate_forever(void *unused) {
  for (;;) {
    prepare();
    release();
    usleep(100);
  }
  return unused;
}

__attribute__((constructor)) static void start(void) {
  const char *threads = getenv("INTERPOSER_THREADS");
  pthread_t thread;

  log_path = getenv("INTERPOSER_LOG");
  refused = getenv("INTERPOSER_REFUSE");
  leaks = getenv("INTERPOSER_LEAK") != NULL;
  pthread_atfork(prepare, release, release);
  for (int i = threads == NULL ? 0 : atoi(threads); i > 0; i--)
    pthread_create(&thread, NULL, allocate_forever, NULL);
}

/* Below the functions that are replaced here. */
static void write_line(const char *line) {
  int file;

  if (log_path == NULL) return;
  file = (int)syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0 || write(file, line, strlen(line)) < 0) abort();
  close(file);
}

static bool is_refused(const char *name, const char *format, ...) {
  char *arguments, *line;
  va_list list;

  va_start(list, format);
  prepare();
  if (vasprintf(&arguments, format, list) < 0 || asprintf(&line, "%s%s\n", name, arguments) < 0) abort();
  write_line(line);
  free(line);
  free(arguments);
  release();
  va_end(list);
  if (refused == NULL || strcmp(refused, name) != 0) return false;
  errno = EROFS;
  return true;
}

#define ORIGINAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static char *joined(char *const *words) {
  char *text = strdup(""), *longer;

  for (; *words != NULL; words++) {
    if (asprintf(&longer, "%s\t%s", text, *words) < 0) abort();
    free(text);
    text = longer;
  }
  return text;
}

int execve(const char *path, char *const argv[], char *const envp[]) {
  char *arguments = joined(argv), *environment = joined(envp);
  bool stop = is_refused("execve", "\t%s\t|%s\t|%s", path, arguments, environment);

  free(arguments);
  free(environment);
  return stop ? -1 : ORIGINAL(execve)(path, argv, envp);
}

int chdir(const char *path) {
  if (is_refused("chdir", "\t%s", path)) return -1;
  if (leaks) (void)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY, 0);
  return ORIGINAL(chdir)(path);
}

int open(const char *path, int flags, ...) {
  mode_t mode = 0;
  va_list list;

  va_start(list, flags);
  if ((flags & (O_CREAT | __O_TMPFILE)) != 0) mode = va_arg(list, mode_t);
  va_end(list);
  if (is_refused("open", "\t%s", path)) return -1;
  return ORIGINAL(open)(path, flags, mode);
}

pid_t setsid(void) {
  return is_refused("setsid", "") ? -1 : ORIGINAL(setsid)();
}

int setpgid(pid_t pid, pid_t group) {
  return is_refused("setpgid", "\t%d\t%d", pid, group) ? -1 : ORIGINAL(setpgid)(pid, group);
}

mode_t umask(mode_t mask) {
  return is_refused("umask", "\t%o", mask) ? 0 : ORIGINAL(umask)(mask);
}

int setpriority(__priority_which_t which, id_t who, int priority) {
  return is_refused("setpriority", "\t%d", priority) ? -1 : ORIGINAL(setpriority)(which, who, priority);
}

int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit) {
  return is_refused("setrlimit", "\t%d\t%lu", resource, limit->rlim_cur)
             ? -1
             : ORIGINAL(setrlimit)(resource, limit);
}

int setgroups(size_t count, const gid_t *groups) {
  return is_refused("setgroups", "\t%zu", count) ? -1 : ORIGINAL(setgroups)(count, groups);
}

int setgid(gid_t gid) {
  return is_refused("setgid", "\t%u", gid) ? -1 : ORIGINAL(setgid)(gid);
}

int setuid(uid_t uid) {
  return is_refused("setuid", "\t%u", uid) ? -1 : ORIGINAL(setuid)(uid);
}

int prctl(int option, ...) {
  unsigned long arguments[4];
  va_list list;

  va_start(list, option);
  for (int i = 0; i < 4; i++)
    arguments[i] = va_arg(list, unsigned long);
  va_end(list);
  if (is_refused("prctl", "\t%d", option)) return -1;
  return ORIGINAL(prctl)(option, arguments[0], arguments[1], arguments[2], arguments[3]);
}
