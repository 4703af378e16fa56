/*
 * sync-runner.h: runs a launched child to its end while the calling thread waits. It feeds the child, collects its output,
 * and kills it after a time or an amount of output. It knows nothing of JavaScript, and behaves as Node's own runner:
 *
 *   - the run ends when the child is dead *and* all its pipes have ended, which a grandchild can delay
 *   - the timeout and the limit of output kill the child once, and close the pipes
 *   - the first error is reported; an error of a pipe is reported only if there is no other
 */
#ifndef SAFE_SPAWN_SYNC_RUNNER_H
#define SAFE_SPAWN_SYNC_RUNNER_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "../core/launch.h"

/* Each stdio entry has one, also if it is no pipe. */
struct SyncPipe {
  int fd; /* the parent's end, which the runner closes; -1: there is none, or the pipe has ended */
  bool exists;
  bool child_reads;  /* otherwise the child writes */
  const char *input; /* the child reads it, and then sees the end */
  size_t input_size;
  std::string output; /* the child wrote it */
};

struct SyncLimits {
  int64_t timeout;   /* milliseconds; 0: none */
  double max_output; /* bytes of all pipes together; 0: none */
  int kill_signal;
};

struct SyncResult {
  launch_exit exit;
  int error; /* a negative errno, or 0 */
};

/* Takes over the child and its pidfd. */
SyncResult RunToEnd(const launch_child &child, std::vector<SyncPipe> *pipes, const SyncLimits &limits);

#endif
