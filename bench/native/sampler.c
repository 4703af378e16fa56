#include "sampler.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ARGUMENTS = 6, WARM_UP = 10, MEGABYTE = 1 << 20, REST = 100 * 1000 /* microseconds */ };

struct times {
  long count;
  long long *blocked;
  long long *ended;
};

static long long nanoseconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void *allocated(size_t size) {
  void *memory = malloc(size);
  if (memory == NULL) err(1, "malloc");
  return memory;
}

static void hold(long descriptors, long megabytes) {
  for (long i = 0; i < descriptors; i++) {
    if (open("/dev/null", O_RDWR | O_CLOEXEC) < 0) err(1, "/dev/null");
  }
  for (long i = 0; i < megabytes; i++)
    memset(allocated(MEGABYTE), 1, MEGABYTE);
}

static int checked(int result, const char *program) {
  if (result >= 0) return result;
  errno = -result;
  err(1, "%s", program);
}

static int run(const struct launcher *launcher, const char *program) {
  checked(launcher->start(program, launcher->userdata), program);
  return checked(launcher->wait(launcher->userdata), program);
}

static void warm_up(const struct launcher *launcher, const char *target, long long duration) {
  long long end = nanoseconds_now() + duration;
  for (int i = 0; i < WARM_UP && nanoseconds_now() < end; i++)
    run(launcher, target);
}

static void add_time(struct times *times, const struct launcher *launcher, const char *target) {
  long long begin = nanoseconds_now();
  int started = launcher->start(target, launcher->userdata);
  times->blocked[times->count] = nanoseconds_now() - begin;
  checked(started, target);
  int status = checked(launcher->wait(launcher->userdata), target);
  times->ended[times->count++] = nanoseconds_now() - begin;
  if (status != 0) errx(1, "%s ended with %d", target, status);
}

static void print_list(const char *name, const long long *list, long count) {
  printf(",\"%s\":[", name);
  for (long i = 0; i < count; i++)
    printf("%s%lld", i == 0 ? "" : ",", list[i]);
  printf("]");
}

void sample(int argc, char **argv, const struct launcher *launcher) {
  if (argc <= ARGUMENTS)
    errx(2, "the last arguments are DESCRIPTORS MEGABYTES WITNESS TARGET SAMPLES MILLISECONDS");
  char **last = argv + argc - ARGUMENTS;
  const char *witness = last[2], *target = last[3];
  long samples = strtol(last[4], NULL, 10);
  long long duration = strtol(last[5], NULL, 10) * 1000000LL;
  size_t size = (size_t)samples * sizeof(long long);
  struct times times = {.blocked = allocated(size), .ended = allocated(size)};

  hold(strtol(last[0], NULL, 10), strtol(last[1], NULL, 10));
  usleep(REST);
  printf("{\"leaks\":%d", run(launcher, witness));
  warm_up(launcher, target, duration);
  long long end = nanoseconds_now() + duration;
  while (times.count == 0 || (times.count < samples && nanoseconds_now() < end))
    add_time(&times, launcher, target);
  print_list("blocked", times.blocked, times.count);
  print_list("ended", times.ended, times.count);
  printf("}\n");
}
