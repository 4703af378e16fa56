/*
 * child-calls.h: the functions of the addon for a child that was launched, by its number.
 */
#ifndef SAFE_SPAWN_CHILD_CALLS_H
#define SAFE_SPAWN_CHILD_CALLS_H

#include <napi.h>

#include "exit-watcher.h"

void ExportChildCalls(Napi::Object exports, ExitWatcher *watcher);

#endif
