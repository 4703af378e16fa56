/*
 * processes.h: limits of running processes, and the users and groups that a launch can name.
 */
#ifndef SAFE_SPAWN_PROCESSES_H
#define SAFE_SPAWN_PROCESSES_H

#include <napi.h>

void ExportProcesses(Napi::Env env, Napi::Object exports);

#endif
