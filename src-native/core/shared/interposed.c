/* Each function is called under the name that tools replace. A `long` holds every offset and limit anyway. */
#undef _FILE_OFFSET_BITS

#include <dlfcn.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "../child/child.h"

/* ---- is a function that a child calls not that of libc? ---------------------------------------- */

/* Node's executable has the large-file names, which musl does not tell apart. */
#ifdef __GLIBC__
#  define OPEN  open64
#  define FCNTL fcntl64
#else
#  define OPEN  open
#  define FCNTL fcntl
#endif
#define STRING(name)  STRING_(name)
#define STRING_(name) #name

/*
 * The functions that libuv's child calls come first, since tools are written for those. The others only this library calls.
 * execvp is named whenever it is replaced, as method_of() expects.
 */
static const char *const called[] = {
    "execvp",  "fork",        "chdir",  STRING(OPEN), "setsid",    STRING(FCNTL), "dup2",
    "signal",  "sigprocmask", "setgid", "setuid",     "setgroups", "syscall",     "execve",
    "setpgid", "setpriority", "umask",  "prctl",      "setrlimit", "getrlimit",
};

/* A program without a dynamic linker has none of these, and nothing is interposed there. */
#pragma weak dlopen
#pragma weak dlclose
#pragma weak dlsym
#pragma weak dladdr

/* Before glibc 2.34 some functions are in libpthread; musl has them all in one library. */
static const char *const libraries[] = {"libc.so.6", "libpthread.so.0", "libc.so"};

enum { LIBRARIES = sizeof libraries / sizeof *libraries };

/* musl's name would make glibc search the file system. */
static void open_libraries(void *handles[LIBRARIES]) {
  bool found = false;

  for (size_t i = 0; i < LIBRARIES; i++) {
    bool is_other_libc = found && strcmp(libraries[i], "libc.so") == 0;
    handles[i] = is_other_libc ? NULL : dlopen(libraries[i], RTLD_LAZY | RTLD_NOLOAD);
    found = found || handles[i] != NULL;
  }
}

static void close_libraries(void *handles[LIBRARIES]) {
  for (size_t i = 0; i < LIBRARIES; i++)
    if (handles[i] != NULL) (void)dlclose(handles[i]);
}

static bool is_in_libraries(void *const handles[LIBRARIES], const char *name, const void *address) {
  bool found = false;

  for (size_t i = 0; i < LIBRARIES; i++) {
    if (handles[i] == NULL) continue;
    if (dlsym(handles[i], name) == address) return true;
    found = true;
  }
  return !found;
}

/* A sanitizer interposes much of libc, for the process that it watches and not for its children. */
static bool is_sanitizer(const Dl_info *object) {
  const void *address = dlsym(RTLD_DEFAULT, "__sanitizer_print_stack_trace");
  Dl_info sanitizer;

  return address != NULL && dladdr(address, &sanitizer) != 0 && sanitizer.dli_fbase == object->dli_fbase;
}

static bool is_interposed(void *const handles[LIBRARIES], const char *name, const char **ret_object) {
  const void *address = dlsym(RTLD_DEFAULT, name);
  Dl_info object;

  if (address == NULL || is_in_libraries(handles, name, address)) return false;
  if (dladdr(address, &object) == 0 || is_sanitizer(&object)) return false;
  *ret_object = object.dli_fname;
  return true;
}

void launch__find_interposer(struct launch_capabilities *capabilities) {
  void *handles[LIBRARIES];

  if (dlopen == NULL || dlclose == NULL || dlsym == NULL || dladdr == NULL) return;
  open_libraries(handles);
  for (size_t i = 0; i < sizeof called / sizeof *called && capabilities->syscalls != LAUNCH_SYSCALLS_LIBC;
       i++) {
    if (!is_interposed(handles, called[i], &capabilities->interposer)) continue;
    capabilities->syscalls = LAUNCH_SYSCALLS_LIBC;
    capabilities->interposed = called[i];
  }
  close_libraries(handles);
}

/* ---- the child's way to libc --------------------------------------------------------------------- */

/*
 * libc's fork() runs the handlers of pthread_atfork(3) and leaves malloc usable, so the functions of a tool may do in the
 * child what they do elsewhere. The pidfd can't be that of a stranger, since the child is not reaped yet.
 */
long launch__fork_by_libc(struct launch__run *run, int *ret_pidfd) {
  pid_t pid = fork();

  if (pid == 0) (void)launch__child(run);
  if (pid < 0) return -(long)errno;
  if (run->method.pidfd == LAUNCH_PIDFD_CLONE) {
    long pidfd = launch__sys(SYS_pidfd_open, pid, 0);
    *ret_pidfd = pidfd < 0 ? -1 : (int)pidfd;
  }
  return pid;
}

static int set_or_get_limit(int resource, const struct rlimit *limit, struct rlimit *ret_limit) {
  return limit != NULL ? setrlimit((unsigned)resource, limit) : getrlimit((unsigned)resource, ret_limit);
}

static int open_signal_mask(void) {
  sigset_t none;

  (void)sigemptyset(&none);
  return sigprocmask(SIG_SETMASK, &none, NULL);
}

static long call_libc(long number, long a, long b, long c, long d, long e) {
  switch (number) {
  case SYS_execve:
    return execve((const char *)a, (char *const *)b, (char *const *)c);
  case SYS_rt_sigaction:
    return signal((int)a, SIG_DFL) == SIG_ERR ? -1 : 0;
  case SYS_rt_sigprocmask:
    return open_signal_mask();
  case LAUNCH__SYS_DUP2:
    return dup2((int)a, (int)b);
  case SYS_fcntl:
    return FCNTL((int)a, (int)b, c);
  case SYS_chdir:
    return chdir((const char *)a);
  case SYS_openat:
    return OPEN((const char *)b, (int)c);
  case SYS_setsid:
    return setsid();
  case SYS_setpgid:
    return setpgid((pid_t)a, (pid_t)b);
  case SYS_setpriority:
    return setpriority((unsigned)a, (id_t)b, (int)c);
  case SYS_umask:
    return umask((mode_t)a);
  case SYS_prlimit64:
    return set_or_get_limit((int)b, (const struct rlimit *)c, (struct rlimit *)d);
  case SYS_setgroups:
    return setgroups((size_t)a, (const gid_t *)b);
  case SYS_setgid:
    return setgid((gid_t)a);
  case SYS_setuid:
    return setuid((uid_t)a);
  case SYS_prctl:
    return prctl((int)a, b, c, d, e);
  default:
    return syscall(number, a, b, c, d, e);
  }
}

long launch__by_libc(long number, long a, long b, long c, long d, long e) {
  long result = call_libc(number, a, b, c, d, e);

  return result == -1 ? -(long)errno : result;
}

/* execvp(3) calls the execve of libc itself, so a tool that replaces execve alone would not see a program. */
long launch__execvp(const struct launch_plan *plan, const char *file) {
  environ = (char **)plan->envp;
  errno = ENOENT; /* glibc sets none if each directory of PATH is too long */
  return execvp(file, plan->argv) == -1 ? -(long)errno : 0;
}
