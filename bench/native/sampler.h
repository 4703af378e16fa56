/* sampler.h: times launches again and again, and prints the times for the runner to read. */
#ifndef BENCH_SAMPLER_H
#define BENCH_SAMPLER_H

/* How a program is started: each returns a negative errno, or 0 and the exit status. */
struct launcher {
  int (*start)(const char *program, void *userdata);
  int (*wait)(void *userdata);
  void *userdata;
};

/*
 * The last six of the arguments are DESCRIPTORS MEGABYTES WITNESS TARGET SAMPLES MILLISECONDS: holds that many more
 * descriptors and so much touched memory, rests (README.md tells why), starts WITNESS once, whose exit status tells how
 * many descriptors leaked, then TARGET a few times to warm up, then TARGET again and again. Begins no launch MILLISECONDS
 * after the first of each of these two kinds. Prints {"leaks":N,"blocked":[...],"ended":[...]}, both in nanoseconds from
 * the call: until it returned, and until the program had ended. Ends the process with an error message if a start failed.
 */
void sample(int argc, char **argv, const struct launcher *launcher);

#endif
