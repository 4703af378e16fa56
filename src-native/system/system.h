/*
 * system.h: the functions of the addon that start nothing: the state of this process, limits and signals of running
 * processes, and the users and groups that a launch can name.
 */
#ifndef SAFE_SPAWN_SYSTEM_H
#define SAFE_SPAWN_SYSTEM_H

#include <napi.h>

#include "../exit/exit-watcher.h"

void ExportOwnProcess(Napi::Object exports, ExitWatcher *watcher);
void ExportProcessControl(Napi::Object exports);
void ExportUserDatabase(Napi::Object exports);

#endif
