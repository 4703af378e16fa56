/*
 * loop-state.h: what there is once for each event loop, however often the addon is loaded there. A program that resets its
 * module registry (a test runner, say) loads it again and again, and this takes three descriptors and a stack.
 */
#ifndef SAFE_SPAWN_LOOP_STATE_H
#define SAFE_SPAWN_LOOP_STATE_H

#include <uv.h>

#include "../core/launch.h"
#include "pidfd-poll.h"

struct LoopState {
  launch_context *context;
  PidfdPoll *pidfds;
};

/* 0 or a negative errno. To be given back by ReleaseLoopState, on the same thread. */
int AcquireLoopState(uv_loop_t *loop, PidfdPoll::Callback on_readable, LoopState *ret_loop_state);
void ReleaseLoopState(uv_loop_t *loop);

#endif
