#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "../child/child.h"
#include "parent.h"

/* Skips "/", "//" and "/./", which all lead to the same next component. */
static const char *skip_separators(const char *path) {
  while (path[0] == '/' || (path[0] == '.' && path[1] == '/'))
    path++;
  return path;
}

/* Returns what follows the component `name` in an absolute path, or NULL if the path begins with another one. */
static const char *enter(const char *path, const char *name) {
  size_t length = strlen(name);

  if (path == NULL || *path != '/') return NULL;
  path = skip_separators(path);
  return strncmp(path, name, length) == 0 && path[length] == '/' ? path + length : NULL;
}

/* Returns the number after "/proc/self/fd/" or another name of that directory, and what follows it; -1 for any other path. */
static int own_fd(const char *path, const char **ret_rest) {
  const char *proc = enter(path, "proc"), *self = enter(proc, "self");
  const char *directory = enter(self != NULL ? self : enter(proc, "thread-self"), "fd");
  const char *digit;
  long number = 0;

  if (directory == NULL) directory = enter(enter(path, "dev"), "fd");
  if (directory == NULL) return -1;
  digit = skip_separators(directory);
  if (*digit < '0' || *digit > '9' || (digit[0] == '0' && digit[1] >= '0' && digit[1] <= '9')) return -1;
  for (; *digit >= '0' && *digit <= '9' && number <= INT_MAX; digit++)
    number = number * 10 + (*digit - '0');
  if (number > INT_MAX || (*digit != '\0' && *digit != '/')) return -1;
  *ret_rest = digit;
  return (int)number;
}

/* Writes the pid of this process in this mount of /proc, which may belong to another PID namespace. */
static bool own_pid(char *buffer, size_t size) {
  ssize_t length = readlink("/proc/self", buffer, size - 1);

  if (length <= 0) return false;
  buffer[length] = '\0';
  return true;
}

/*
 * Returns true if a path can lead the child through the caller's /proc/PID/fd. Root owns that directory if the caller is not
 * dumpable, as after setuid(2) (prctl(2), PR_SET_DUMPABLE); else the caller's user does. The child looks the program up with
 * its new ids.
 */
static bool caller_is_accessible(const struct launch_plan *plan) {
  return prctl(PR_GET_DUMPABLE) == 1 && (!plan->set_uid || plan->uid == geteuid());
}

/* Adds an entry to the plan, whose entries are in `fds`. It gets the lowest number that is free in the child. */
static int lend(struct launch_plan *plan, struct launch_fd *fds, int source) {
  size_t free = 0;

  while (free < plan->fd_count && fds[free].target == (int)free)
    free++;
  memmove(fds + free + 1, fds + free, (plan->fd_count - free) * sizeof *fds);
  fds[free] = (struct launch_fd){.target = (int)free, .source = source};
  plan->fd_count++;
  return (int)free;
}

static const char *relative(const char *path) {
  while (*path == '/')
    path++;
  return path;
}

/*
 * A program or directory may be named through a descriptor of the caller ("/proc/self/fd/9"). After fork(2) the child
 * would still have it, but this child has closed it. So the path is changed to go through the caller. A number that the
 * child does have still means the child's own descriptor.
 *
 * If the path can't lead through the caller, the child is lent the descriptor until it executes. This is not the rule, because
 * the interpreter of a script could not open the path any more.
 */
struct launch__path launch__caller_path(const struct launch_plan *plan, const char *path,
                                        struct launch_plan *extended, struct launch_fd *fds,
                                        char buffer[PATH_MAX]) {
  const struct launch__path as_it_is = {path, -1};
  const char *rest;
  char pid[32];
  int fd, length;

  if (path == NULL || (fd = own_fd(path, &rest)) < 0 || launch__is_target(plan, fd)) return as_it_is;
  if (!caller_is_accessible(plan))
    return fcntl(fd, F_GETFD) < 0 ? as_it_is : (struct launch__path){relative(rest), lend(extended, fds, fd)};
  if (!own_pid(pid, sizeof pid)) return as_it_is;
  length = snprintf(buffer, PATH_MAX, "/proc/%s/fd/%d%s", pid, fd, rest);
  return length > 0 && length < PATH_MAX ? (struct launch__path){buffer, -1} : as_it_is;
}
