#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

/* The number after "/proc/self/fd/" or "/dev/fd/", and what follows it; -1 for any other path. */
static int own_fd(const char *path, const char **ret_rest) {
  static const char *const prefixes[] = {"/proc/self/fd/", "/dev/fd/"};
  long number = 0;

  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
    size_t length = strlen(prefixes[i]);
    const char *digit = path + length;
    if (strncmp(path, prefixes[i], length) != 0 || *digit < '0' || *digit > '9') continue;
    for (; *digit >= '0' && *digit <= '9' && number <= INT_MAX; digit++)
      number = number * 10 + (*digit - '0');
    if (number > INT_MAX || (*digit != '\0' && *digit != '/')) return -1;
    *ret_rest = digit;
    return (int)number;
  }
  return -1;
}

/* Our pid as this mount of /proc counts it, which need not be that of our PID namespace. */
static bool own_pid(char *buffer, size_t size) {
  ssize_t length = readlink("/proc/self", buffer, size - 1);

  if (length <= 0) return false;
  buffer[length] = '\0';
  return true;
}

/*
 * A program or directory may be named through a descriptor of the caller ("/proc/self/fd/9"). After fork(2)
 * the child still has it; a sealed child has not, so the path is made to go through the caller. A number that
 * the child does have means the child's own, as ever.
 */
const char *launch__caller_path(const struct launch_plan *plan, const char *path, char *buffer, size_t size) {
  const char *rest;
  char pid[32];
  int fd, length;

  if (path == NULL || (fd = own_fd(path, &rest)) < 0 || launch__is_target(plan, fd) ||
      !own_pid(pid, sizeof pid))
    return path;
  length = snprintf(buffer, size, "/proc/%s/fd/%d%s", pid, fd, rest);
  return length > 0 && (size_t)length < size ? buffer : path;
}
