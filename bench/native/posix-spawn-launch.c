/*
 * posix-spawn-launch.c: posix-spawn-launch, and what sampler.h says
 *
 * Times posix_spawn of the C library and the end of the program. Nothing is closed: what is open is close-on-exec.
 */
#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sampler.h"

static int start(const char *program, void *userdata) {
  char *argv[] = {(char *)program, NULL};
  return -posix_spawn((pid_t *)userdata, program, NULL, NULL, argv, environ);
}

static int wait_for_end(void *userdata) {
  int status;
  if (waitpid(*(pid_t *)userdata, &status, 0) < 0) return -errno;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -ECHILD;
}

int main(int argc, char **argv) {
  pid_t pid;
  sample(argc, argv, &(struct launcher){start, wait_for_end, &pid});
  return 0;
}
