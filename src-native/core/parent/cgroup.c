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

/* Its own freezer may be set and not done yet; an ancestor's shows in the events alone. The root has neither. */
bool launch__is_frozen(int cgroup) {
  return contains(cgroup, "cgroup.freeze", "1") || contains(cgroup, "cgroup.events", "frozen 1");
}

/* A child born frozen never reaches execve(2), and its parent waits for that. A freeze right after this can't be
 * told from any other child that is held. */
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

/* Before the child exists: it is the rights and the cgroup namespace of the opener that the kernel checks. */
int launch__open_cgroup_procs(int cgroup) {
  int fd = openat(cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);

  return fd < 0 ? -errno : fd;
}
