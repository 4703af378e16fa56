/*
 * plant.c: plant LIMIT PROGRAM ARGUMENT...
 *
 * Runs the program as a supervisor of a careless parent: some descriptors without close-on-exec are open, one of them
 * above 1,024, and the soft limit on descriptors is LIMIT, or the hard limit if that is lower. The program is killed
 * when the process that started it ends.
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static const int planted[] = {20, 100, 1066};

static void set_soft_limit(rlim_t soft) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) err(1, "getrlimit");
  limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) < 0) err(1, "setrlimit");
}

/* A hard limit below a number is the only reason not to get it, and then nothing can leak there. */
static void plant_descriptors(void) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) err(1, "/dev/null");
  for (size_t i = 0; i < sizeof planted / sizeof planted[0]; i++)
    dup2(null, planted[i]);
}

int main(int argc, char **argv) {
  if (argc < 3) errx(2, "usage: plant LIMIT PROGRAM ARGUMENT...");
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  syscall(SYS_close_range, 3, ~0U, 0); /* what was inherited would be counted as leaked too */
  set_soft_limit(RLIM_INFINITY);
  plant_descriptors();
  set_soft_limit(strtoul(argv[1], NULL, 10));
  execvp(argv[2], argv + 2);
  err(1, "%s", argv[2]);
}
