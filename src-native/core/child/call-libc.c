/* Each function is called under the name that tools replace. A `long` holds every offset and limit anyway. */
#undef _FILE_OFFSET_BITS

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "child.h"

/*
 * The exception in this folder: a child of libc's fork() has a copy of the memory, in which all of libc works. Only such a
 * child calls these functions.
 */

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
    return LAUNCH__FCNTL((int)a, (int)b, c);
  case SYS_chdir:
    return chdir((const char *)a);
  case SYS_openat:
    return LAUNCH__OPEN((const char *)b, (int)c);
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

/* Called only if a tool replaces execvp(3): libc's calls libc's own execve, which no tool sees. */
long launch__execvp(const struct launch_plan *plan, const char *file) {
  environ = (char **)plan->envp;
  errno = ENOENT; /* glibc sets none if each directory of PATH is too long */
  return execvp(file, plan->argv) == -1 ? -(long)errno : 0;
}
