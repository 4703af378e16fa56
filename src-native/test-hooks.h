/*
 * test-hooks.h: exports the core's test hooks to JavaScript. A build without LAUNCH_TEST_HOOKS exports nothing.
 */
#ifndef SAFE_SPAWN_TEST_HOOKS_H
#define SAFE_SPAWN_TEST_HOOKS_H

#include <napi.h>

#include "core/launch.h"

#ifdef LAUNCH_TEST_HOOKS
/* `testHooks.address` is the context. Any thread may call the other functions with it. */
void ExportTestHooks(Napi::Object exports, launch_context *context);
#else
inline void ExportTestHooks(Napi::Object, launch_context *) {
}
#endif

#endif
