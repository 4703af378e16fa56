#include <fcntl.h>
#include <sys/prctl.h>

#include "../child.h"

/* Writes "-1000" to "1000", and returns the length. */
static size_t format(int value, char *buffer) {
  char digits[8];
  size_t count = 0, length = 0;
  unsigned rest = value < 0 ? -(unsigned)value : (unsigned)value;

  do
    digits[count++] = (char)('0' + rest % 10);
  while ((rest /= 10) > 0 && count < sizeof digits);
  if (value < 0) buffer[length++] = '-';
  while (count > 0)
    buffer[length++] = digits[--count];
  return length;
}

/*
 * The file system at /proc may not be procfs. There, the write could succeed without effect, and the open could wait for
 * the reader of a FIFO.
 */
static long open_oom_score_adj(const struct launch__run *run) {
  long fd = launch__replaceable_sys(run, SYS_openat, AT_FDCWD, "/proc/self/oom_score_adj",
                                    O_WRONLY | O_CLOEXEC | O_NONBLOCK, 0);

  if (fd < 0 || launch__is_proc((int)fd)) return fd;
  (void)launch__sys(SYS_close, fd);
  return -ENOENT;
}

static bool is_dumpable(void) {
  return launch__sys(SYS_prctl, PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) == 1;
}

/*
 * A child that shares its parent's memory changes only its own value if it was made by vfork.
 *
 * Root owns the file if the parent is not dumpable. A child with a copy of the memory could make itself dumpable for the write,
 * but then every process of this user could read the copy, and secrets that the parent hides from them.
 */
int launch__set_oom_score_adj(struct launch__run *run) {
  char text[16];
  size_t length;
  long fd, written;

  fd = open_oom_score_adj(run);
  if (fd < 0) {
    run->status->rlimit_resource = fd == -EACCES && !is_dumpable();
    return (int)fd;
  }
  length = format(run->plan->oom_score_adj, text);
  written = launch__sys(SYS_write, fd, text, length);
  (void)launch__sys(SYS_close, fd);
  if (written < 0) return (int)written;
  return (size_t)written == length ? 0 : -EIO;
}
