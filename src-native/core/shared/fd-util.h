/*
 * fd-util.h: what we open for ourselves never stays on 0 to 2. Whoever finds one of these closed expects the next
 * open() to give it, and a child that is to inherit it would get what lies there.
 */
#ifndef SAFE_SPAWN_FD_UTIL_H
#define SAFE_SPAWN_FD_UTIL_H

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Of a new descriptor: its number from now on, or a negative errno, and then it is closed. */
static inline int fd_above_stdio(int fd) {
  int moved;

  if (fd > STDERR_FILENO) return fd;
  moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (moved < 0) moved = -errno;
  (void)close(fd);
  return moved;
}

#endif
