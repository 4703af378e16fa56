#include <fcntl.h>
#include <string.h>

#include "parent.h"

static bool contains(int directory, const char *name, const char *text) {
  char content[256];
  int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
  ssize_t length;

  if (fd < 0) return false;
  length = read(fd, content, sizeof content - 1);
  (void)close(fd);
  if (length < 0) return false;
  content[length] = '\0';
  return strstr(content, text) != NULL;
}

/* A freeze that is under way shows in cgroup.freeze, one of an ancestor in cgroup.events alone. The root has neither file. */
bool launch__is_frozen(int cgroup) {
  return contains(cgroup, "cgroup.freeze", "1") || contains(cgroup, "cgroup.events", "frozen 1");
}

/* A child that is born frozen never reaches execve(2), for which its parent waits. A freeze after this check holds the child. */
int launch__open_cgroup(const char *path) {
  int directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  int error = 0;

  if (directory < 0) return -errno;
  if (!launch__is_cgroup(directory))
    error = -EINVAL;
  else if (launch__is_frozen(directory))
    error = -EBUSY;
  if (error == 0) return directory;
  (void)close(directory);
  return error;
}

/* The parent opens the file, since the kernel checks the rights and the cgroup namespace of the opener. */
int launch__open_cgroup_procs(int cgroup) {
  int fd = openat(cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);

  return fd < 0 ? -errno : fd;
}
