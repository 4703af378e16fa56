/*
 * launch-calls.h: the functions of the addon that start a program, and that hand out its pipes.
 */
#ifndef SAFE_SPAWN_LAUNCH_CALLS_H
#define SAFE_SPAWN_LAUNCH_CALLS_H

#include <napi.h>

#include "../exit/exit-watcher.h"

void ExportLaunchCalls(Napi::Object exports, ExitWatcher *watcher);

#endif
