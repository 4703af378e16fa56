/*
 * contexts.h: one launch context for each event loop, however often the addon is loaded there. A program that resets its
 * module registry (a test runner, say) loads it again and again, and each context takes two descriptors and a stack.
 */
#ifndef SAFE_SPAWN_CONTEXTS_H
#define SAFE_SPAWN_CONTEXTS_H

#include <uv.h>

#include "core/launch.h"

/* 0 or a negative errno. To be given back by ReleaseContext, on the same thread. */
int AcquireContext(uv_loop_t *loop, launch_context **ret_context);
void ReleaseContext(uv_loop_t *loop);

#endif
