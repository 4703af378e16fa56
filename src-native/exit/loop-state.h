/*
 * loop-state.h: what there is once for each event loop, however often the addon is loaded there. A program that resets its
 * module registry (a test runner, say) loads it again and again, and this takes three descriptors and a stack.
 */
#ifndef SAFE_SPAWN_LOOP_STATE_H
#define SAFE_SPAWN_LOOP_STATE_H

#include <uv.h>

#include "../core/launch.h"
#include "pidfd-poll.h"

struct PerLoop {
  launch_context *context;
  PidfdPoll *pidfds;
};

/* 0 or a negative errno. To be given back by ReleasePerLoop, on the same thread. */
int AcquirePerLoop(uv_loop_t *loop, PidfdPoll::Callback on_readable, PerLoop *ret_per_loop);
void ReleasePerLoop(uv_loop_t *loop);

#endif
