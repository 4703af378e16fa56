#include "sampler.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct sampling sampling_of(int argc, char **argv) {
  if (argc < 5) errx(2, "the last arguments are WITNESS TARGET SAMPLES MILLISECONDS");
  return (struct sampling){
      .witness = argv[argc - 4],
      .target = argv[argc - 3],
      .samples = strtol(argv[argc - 2], NULL, 10),
      .milliseconds = strtol(argv[argc - 1], NULL, 10),
  };
}

static long long nanoseconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int start_checked(start_fn start, void *userdata, const char *program) {
  int status = start(program, userdata);
  if (status < 0) {
    errno = -status;
    err(1, "%s", program);
  }
  return status;
}

void sample(start_fn start, void *userdata, const struct sampling *sampling) {
  printf("{\"leaks\":%d,\"nanoseconds\":[", start_checked(start, userdata, sampling->witness));
  long long end = nanoseconds_now() + sampling->milliseconds * 1000000LL;
  for (long i = 0; i == 0 || (i < sampling->samples && nanoseconds_now() < end); i++) {
    long long begin = nanoseconds_now();
    int status = start_checked(start, userdata, sampling->target);
    long long taken = nanoseconds_now() - begin;
    if (status != 0) errx(1, "%s ended with %d", sampling->target, status);
    printf("%s%lld", i == 0 ? "" : ",", taken);
  }
  printf("]}\n");
}
