/*
 * fd-util.h: the library keeps its own descriptors off the numbers 0 to 2. Code that finds one of these closed expects the
 * next open() to return it, and a child that inherits it would get the library's file.
 */
#ifndef SAFE_SPAWN_FD_UTIL_H
#define SAFE_SPAWN_FD_UTIL_H

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/*
 * Moves a descriptor that was just opened to a number above 2. Returns 0, or a negative errno and leaves the descriptor where
 * it is: the caller closes it, or lives with its number.
 */
static inline int fd_move_above_stdio(int *fd) {
  int moved;

  if (*fd > STDERR_FILENO) return 0;
  moved = fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (moved < 0) return -errno;
  (void)close(*fd);
  *fd = moved;
  return 0;
}

#endif
