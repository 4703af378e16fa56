#include "namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static int write_map(const char *path, const char *text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return -errno;
  const int error = write(file, text, strlen(text)) < 0 ? -errno : 0;
  close(file);
  return error;
}

/* Keeps our ids, so that nothing but the mounts looks different inside. */
static int unshare_as_user(uid_t uid, gid_t gid) {
  char uid_map[64], gid_map[64];
  snprintf(uid_map, sizeof uid_map, "%u %u 1", uid, uid);
  snprintf(gid_map, sizeof gid_map, "%u %u 1", gid, gid);
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) return -errno;
  int error = write_map("/proc/self/setgroups", "deny");
  if (error == 0) error = write_map("/proc/self/uid_map", uid_map);
  if (error == 0) error = write_map("/proc/self/gid_map", gid_map);
  return error;
}

static int unshare_mounts(void) {
  if (unshare(CLONE_NEWNS) == 0) return 0;
  if (errno != EPERM) return -errno;
  return unshare_as_user(getuid(), getgid());
}

int hide_proc(void) {
  const int error = unshare_mounts();
  if (error != 0) return error;
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) return -errno;
  return mount("none", "/proc", "tmpfs", 0, NULL) < 0 ? -errno : 0;
}
