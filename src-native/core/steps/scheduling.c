#include <fcntl.h>
#include <sys/resource.h>

#include "../internal.h"

/* "-1000" to "1000", as the file takes it; returns the length. */
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

/* The kernel takes care that a child which shares its parent's memory until exec changes its own value only. */
int launch__set_oom_score_adj(struct launch__run *run) {
  char text[16];
  long fd, written;

  if (!run->plan->set_oom_score_adj) return 0;
  fd = launch__sys(SYS_openat, AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC, 0);
  if (fd < 0) return (int)fd;
  written = launch__sys(SYS_write, fd, text, format(run->plan->oom_score_adj, text));
  (void)launch__sys(SYS_close, fd);
  return written < 0 ? (int)written : 0;
}

int launch__set_umask(struct launch__run *run) {
  if (run->plan->set_umask) (void)launch__sys(SYS_umask, run->plan->umask);
  return 0;
}

int launch__set_nice(struct launch__run *run) {
  const struct launch_plan *plan = run->plan;

  return plan->set_nice ? (int)launch__sys(SYS_setpriority, PRIO_PROCESS, 0, plan->nice) : 0;
}
