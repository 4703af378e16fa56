/*
 * test-hooks.h: the core's test gates for JavaScript. Nothing in a build without LAUNCH_TEST_HOOKS.
 */
#ifndef SAFE_SPAWN_TEST_HOOKS_H
#define SAFE_SPAWN_TEST_HOOKS_H

#include <napi.h>

#include "core/launch.h"

#ifdef LAUNCH_TEST_HOOKS
/* gates.address: the context, for the functions below, which any thread may call with it. */
void ExportTestHooks(Napi::Env env, Napi::Object exports, launch_context *context);
#else
inline void ExportTestHooks(Napi::Env, Napi::Object, launch_context *) {
}
#endif

#endif
