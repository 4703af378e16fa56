/*
 * sync-runner.h: runs a launched child to its end while the calling thread waits: feeds it, collects what it writes,
 * ends it after a time or an amount. Knows nothing of JavaScript. Behaves as Node's own runner does, of which:
 *
 *   - the run ends when the child is dead *and* all its pipes have ended, which a grandchild can delay
 *   - the timeout counts for all of that; it and the limit of output kill the child once, and close the pipes
 *   - the first error is the one that is reported; those of pipes only if there is no other
 */
#ifndef SAFE_SPAWN_SYNC_RUNNER_H
#define SAFE_SPAWN_SYNC_RUNNER_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "../core/launch.h"

/* Our end, which the runner closes. */
struct SyncPipe {
  int fd;            /* -1: this stdio entry is no pipe, or the pipe has ended */
  bool child_reads;  /* else the child writes */
  const char *input; /* written to a child that reads, which sees the end after that */
  size_t input_size;
  std::string output; /* of a child that writes */
};

struct SyncLimits {
  int64_t timeout;   /* milliseconds; 0: none */
  double max_output; /* bytes of all pipes together; 0: none */
  int kill_signal;
};

struct SyncResult {
  launch_exit exit;
  int error; /* negative errno, or 0 */
};

/* Takes over the child and its pidfd. */
SyncResult RunToEnd(const launch_child &child, std::vector<SyncPipe> *pipes, const SyncLimits &limits);

#endif
