/*
 * system-error.h: throws JavaScript errors that have a code, as Node's own errors have.
 */
#ifndef SAFE_SPAWN_SYSTEM_ERROR_H
#define SAFE_SPAWN_SYSTEM_ERROR_H

#include <napi.h>
#include <uv.h>

#include <string>

#include "objects.h"

inline void ThrowWithCode(Napi::Error error, const char *code) {
  Define(error.Value(), "code", code);
  error.ThrowAsJavaScriptException();
}

/* Throws a failed system call, with errno, code and syscall. `error` is negative. */
inline void ThrowErrno(Napi::Env env, int error, const char *call) {
  Napi::Error thrown = Napi::Error::New(env, std::string(call) + " " + uv_err_name(error));

  Define(thrown.Value(), "errno", error);
  Define(thrown.Value(), "syscall", call);
  ThrowWithCode(thrown, uv_err_name(error));
}

#endif
