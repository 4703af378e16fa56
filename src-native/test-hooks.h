/*
 * test-hooks.h: the core's test gates for JavaScript. Nothing in a build without LAUNCH_TEST_GATES.
 */
#ifndef SAFE_SPAWN_TEST_HOOKS_H
#define SAFE_SPAWN_TEST_HOOKS_H

#include <napi.h>

#include "core/launch.h"

#ifdef LAUNCH_TEST_GATES
/* gates.address: the context, for the functions below, which any thread may call with it. */
void ExportGates(Napi::Env env, Napi::Object exports, launch_context *context);
#else
inline void ExportGates(Napi::Env, Napi::Object, launch_context *) {
}
#endif

#endif
