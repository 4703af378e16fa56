/* sampler.h: times one action again and again, and prints the times for the runner to read. */
#ifndef BENCH_SAMPLER_H
#define BENCH_SAMPLER_H

/* Starts `program`, waits for its end and returns its exit status, or a negative errno. */
typedef int (*start_fn)(const char *program, void *userdata);

struct sampling {
  const char *witness; /* started once, untimed: its exit status tells how many descriptors leaked */
  const char *target;  /* started again and again; ends with 0 */
  long samples;
  long milliseconds; /* no sample is begun later, except the first */
};

/* WITNESS TARGET SAMPLES MILLISECONDS, the last arguments of every sampling program. */
struct sampling sampling_of(int argc, char **argv);

/* Prints {"leaks":N,"nanoseconds":[...]}. Ends the process with an error message if a start failed. */
void sample(start_fn start, void *userdata, const struct sampling *sampling);

#endif
