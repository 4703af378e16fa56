#include <linux/magic.h>
#include <sys/vfs.h>

#include "shared.h"

#ifndef CGROUP2_SUPER_MAGIC
#  define CGROUP2_SUPER_MAGIC 0x63677270
#endif

static bool is_in(int fd, unsigned long type) {
  struct statfs status;

  return launch__sys(SYS_fstatfs, fd, &status) == 0 && (unsigned long)status.f_type == type;
}

bool launch__is_proc(int fd) {
  return is_in(fd, PROC_SUPER_MAGIC);
}

bool launch__is_cgroup(int fd) {
  return is_in(fd, CGROUP2_SUPER_MAGIC);
}
