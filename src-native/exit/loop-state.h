/*
 * loop-state.h: shares the state of an event loop between all copies of the addon that are loaded there. A program that
 * resets its module registry, as a test runner does, loads the addon again and again. The state takes three descriptors and a
 * stack.
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

/* Returns 0 or a negative errno. The same thread calls ReleaseLoopState() later. */
int AcquireLoopState(uv_loop_t *loop, PidfdPoll::Callback on_readable, LoopState *ret_loop_state);
void ReleaseLoopState(uv_loop_t *loop);

#endif
