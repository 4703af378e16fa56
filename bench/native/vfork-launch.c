/*
 * vfork-launch.c: vfork-launch METHOD BOUND, and what sampler.h says
 *
 * Times vfork, the closing of descriptors by one of the usual methods, exec, and the end of the program.
 * This process has one thread, and its memory is the child's until exec, so the child may use libc and leave
 * an error number behind.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sampler.h"

#ifndef CLOSE_RANGE_CLOEXEC
#  define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

enum { FIRST = 3 };

/* 0 or a negative errno. */
typedef int (*clean_fn)(int bound);

static int clean_nothing(int bound) {
  (void)bound;
  return 0;
}

static int clean_by_loop(int bound) {
  for (int fd = FIRST; fd < bound; fd++)
    close(fd);
  return 0;
}

/* As a loop that marks instead of closing. */
static int mark_by_loop(int bound) {
  for (int fd = FIRST; fd < bound; fd++)
    fcntl(fd, F_SETFD, FD_CLOEXEC);
  return 0;
}

static int clean_by_proc(int bound) {
  (void)bound;
  DIR *listing = opendir("/proc/self/fd");
  if (listing == NULL) return -errno;
  for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
    int fd = atoi(entry->d_name);
    if (fd >= FIRST && fd != dirfd(listing)) close(fd);
  }
  closedir(listing);
  return 0;
}

static int clean_by_range(int bound) {
  (void)bound;
  return syscall(SYS_close_range, FIRST, ~0U, 0) < 0 ? -errno : 0;
}

static int clean_by_cloexec_range(int bound) {
  (void)bound;
  return syscall(SYS_close_range, FIRST, ~0U, CLOSE_RANGE_CLOEXEC) < 0 ? -errno : 0;
}

static const struct {
  const char *name;
  clean_fn clean;
} methods[] = {
    {"nothing", clean_nothing}, {"loop", clean_by_loop},         {"fcntl", mark_by_loop},
    {"proc", clean_by_proc},    {"close_range", clean_by_range}, {"cloexec", clean_by_cloexec_range},
};

static clean_fn find_method(const char *name) {
  for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
    if (strcmp(name, methods[i].name) == 0) return methods[i].clean;
  }
  errx(2, "no such method: %s", name);
}

struct vfork_launch {
  clean_fn clean;
  int bound;
  pid_t pid;
  volatile int error; /* of the child, a negative errno */
};

static void be_the_child(struct vfork_launch *launch, const char *program) {
  launch->error = launch->clean(launch->bound);
  if (launch->error == 0) {
    execl(program, program, (char *)NULL);
    launch->error = -errno;
  }
  _exit(127);
}

static int start(const char *program, void *userdata) {
  struct vfork_launch *launch = userdata;
  launch->pid = vfork();
  if (launch->pid < 0) return -errno;
  if (launch->pid == 0) be_the_child(launch, program);
  return launch->error;
}

static int wait_for_end(void *userdata) {
  const struct vfork_launch *launch = userdata;
  int status;
  if (waitpid(launch->pid, &status, 0) < 0) return -errno;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -ECHILD;
}

int main(int argc, char **argv) {
  if (argc != 9) errx(2, "usage: vfork-launch METHOD BOUND and what sampler.h says");
  struct vfork_launch launch = {.clean = find_method(argv[1]), .bound = atoi(argv[2])};
  sample(argc, argv, &(struct launcher){start, wait_for_end, &launch});
  return 0;
}
