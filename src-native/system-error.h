/*
 * system-error.h: a failed system call as a JavaScript error with errno, code and syscall, as Node's are.
 */
#ifndef SAFE_SPAWN_SYSTEM_ERROR_H
#define SAFE_SPAWN_SYSTEM_ERROR_H

#include <napi.h>
#include <uv.h>

#include <string>

/* `error` is negative. */
inline void ThrowErrno(Napi::Env env, int error, const char *call) {
  Napi::Error thrown = Napi::Error::New(env, std::string(call) + " " + uv_err_name(error));

  thrown.Set("errno", Napi::Number::New(env, error));
  thrown.Set("code", Napi::String::New(env, uv_err_name(error)));
  thrown.Set("syscall", Napi::String::New(env, call));
  thrown.ThrowAsJavaScriptException();
}

#endif
