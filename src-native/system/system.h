/*
 * system.h: limits of running processes, and the users and groups that a launch can name.
 */
#ifndef SAFE_SPAWN_SYSTEM_H
#define SAFE_SPAWN_SYSTEM_H

#include <napi.h>

void ExportProcessControl(Napi::Env env, Napi::Object exports);
void ExportUserDatabase(Napi::Env env, Napi::Object exports);

#endif
