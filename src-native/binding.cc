/*
 * binding.cc: the module, as lib/native.ts types it. Arguments were checked there.
 */
#include <napi.h>

#include <cerrno>
#include <cstdlib>

#include "core/cloexec.h"
#include "core/launch.h"
#include "exit-watcher.h"
#include "gates.h"
#include "pipe-opener.h"
#include "processes.h"
#include "request.h"
#include "sync-runner.h"
#include "throw-errno.h"

namespace {

enum Result { kPid, kError, kStep, kDetail, kSignal, kResults };
enum SyncResult { kExitCode = kResults, kExitSignal, kLost, kRunError };
enum SyncLimit { kTimeout, kMaxOutput, kKillSignal };

ExitWatcher *WatcherOf(const Napi::CallbackInfo &info) {
  return static_cast<ExitWatcher *>(info.Data());
}

int Start(launch_context *context, Request *request, launch_child *ret_child, launch_error *ret_error) {
  int error = request->OpenStdio();

  if (error == 0) return launch(context, &request->plan(), ret_child, ret_error);
  *ret_error = {error, LAUNCH_STEP_STDIO, 0, 0};
  return error;
}

/* A process or a system that is out of descriptors gets none back, as with libuv. */
bool IsOutOfDescriptors(int error) {
  return error == -EMFILE || error == -ENFILE;
}

void WriteFailure(const launch_error &error, int32_t *ret_result) {
  ret_result[kError] = error.error;
  ret_result[kStep] = error.step;
  ret_result[kDetail] = error.detail;
  ret_result[kSignal] = error.signal;
}

Napi::Value Launch(const Napi::CallbackInfo &info) {
  ExitWatcher *watcher = WatcherOf(info);
  Request request({info[1].As<Napi::String>(), info[2].As<Napi::Int32Array>(), info[3], info[5], info[6]});
  int32_t *result = info[4].As<Napi::Int32Array>().Data();
  launch_child launched;
  launch_error error = {};
  uint64_t number = 0;

  /* Nothing is needed after it that can't be had while a Worker is terminated, which can begin at any time. */
  if (Start(watcher->context(), &request, &launched, &error) == 0) {
    result[kPid] = launched.pid;
    request.NameWriter(launched.pid);
    number = watcher->Watch(launched, info[0].As<Napi::Function>());
  } else {
    if (IsOutOfDescriptors(error.error)) request.CloseEnds();
    WriteFailure(error, result);
  }
  watcher->ends().Keep(request.ReleaseEnds());
  return Napi::Number::New(info.Env(), static_cast<double>(number));
}

uint64_t ChildOf(const Napi::CallbackInfo &info) {
  return static_cast<uint64_t>(info[0].As<Napi::Number>().Int64Value());
}

Napi::Value Kill(const Napi::CallbackInfo &info) {
  int signal = info[1].As<Napi::Number>().Int32Value();

  return Napi::Number::New(info.Env(), WatcherOf(info)->Kill(ChildOf(info), signal));
}

void SetRef(const Napi::CallbackInfo &info) {
  WatcherOf(info)->SetLoopRef(ChildOf(info), info[1].As<Napi::Boolean>());
}

Napi::Value HasRef(const Napi::CallbackInfo &info) {
  return Napi::Boolean::New(info.Env(), WatcherOf(info)->HasLoopRef(ChildOf(info)));
}

Napi::Value TakeEnd(const Napi::CallbackInfo &info) {
  uint32_t index = info[0].As<Napi::Number>().Uint32Value();

  return Napi::Number::New(info.Env(), WatcherOf(info)->ends().Take(index));
}

Napi::Value OpenPipe(const Napi::CallbackInfo &info) {
  uv_loop_t *loop = nullptr;

  if (!info[0].IsObject() || !info[1].IsNumber()) {
    ThrowErrno(info.Env(), UV_EINVAL, "openPipe");
    return info.Env().Undefined();
  }
  int error = napi_get_uv_event_loop(info.Env(), &loop) == napi_ok
                  ? OpenPipeHandle(loop, info[0].As<Napi::Object>(), info[1].As<Napi::Number>().Int32Value())
                  : UV_ENOTSUP;
  return Napi::Number::New(info.Env(), error);
}

/* The first stdio entry is read by the child, the others are written. */
std::vector<SyncPipe> PipesOf(std::vector<int> ends, const Napi::Value &input) {
  std::vector<SyncPipe> pipes;

  for (int end : ends)
    pipes.push_back({end, pipes.empty(), nullptr, 0, {}});
  if (!pipes.empty() && input.IsTypedArray()) {
    auto bytes = input.As<Napi::Uint8Array>();
    pipes[0].input = reinterpret_cast<const char *>(bytes.Data());
    pipes[0].input_size = bytes.ByteLength();
  }
  return pipes;
}

Napi::Array OutputOf(Napi::Env env, const std::vector<SyncPipe> &pipes, const std::vector<bool> &piped) {
  Napi::Array output = Napi::Array::New(env, pipes.size());

  for (uint32_t i = 0; i < pipes.size(); i++)
    output[i] = piped[i] && !pipes[i].child_reads
                    ? Napi::Buffer<char>::Copy(env, pipes[i].output.data(), pipes[i].output.size())
                    : env.Null();
  return output;
}

Napi::Value RunSync(const Napi::CallbackInfo &info) {
  Request request({info[0].As<Napi::String>(), info[1].As<Napi::Int32Array>(), info[2], info[6], info[7]});
  const double *limits = info[4].As<Napi::Float64Array>().Data();
  int32_t *result = info[5].As<Napi::Int32Array>().Data();
  launch_child child;
  launch_error error = {};

  if (Start(WatcherOf(info)->context(), &request, &child, &error) != 0) {
    WriteFailure(error, result);
    return info.Env().Undefined();
  }
  /* Nothing is read here that can't be while a Worker is terminated, which can begin at any time. */
  std::vector<SyncPipe> pipes = PipesOf(request.ReleaseEnds(), info[3]);
  std::vector<bool> piped;
  for (const SyncPipe &pipe : pipes)
    piped.push_back(pipe.fd >= 0);
  SyncEnd end = RunToEnd(
      child, &pipes,
      {static_cast<int64_t>(limits[kTimeout]), limits[kMaxOutput], static_cast<int>(limits[kKillSignal])});
  result[kPid] = child.pid;
  result[kExitCode] = end.exit.code;
  result[kExitSignal] = end.exit.signal;
  result[kLost] = end.exit.lost;
  result[kRunError] = end.error;
  return OutputOf(info.Env(), pipes, piped);
}

Napi::Value ArrayOf(Napi::Env env, const int *numbers, size_t count) {
  Napi::Array array = Napi::Array::New(env, count);

  for (uint32_t i = 0; i < count; i++)
    array[i] = Napi::Number::New(env, numbers[i]);
  return array;
}

Napi::Value SealFds(const Napi::CallbackInfo &info) {
  int *changed = nullptr;
  size_t count = 0;
  int error = cloexec_seal(&changed, &count);

  if (error != 0) {
    ThrowErrno(info.Env(), error, "close_range");
    return info.Env().Undefined();
  }
  Napi::Value array = ArrayOf(info.Env(), changed, count);
  free(changed);
  return array;
}

Napi::Value InternalFds(const Napi::CallbackInfo &info) {
  std::vector<int> fds = WatcherOf(info)->InternalFds();

  return ArrayOf(info.Env(), fds.data(), fds.size());
}

Napi::Value Capabilities(const Napi::CallbackInfo &info) {
  Napi::Object object = Napi::Object::New(info.Env());
  launch_capabilities found;

  launch_probe(WatcherOf(info)->context(), &found);
  object.Set("tier", launch_tier_name(found.tier));
  object.Set("seal", launch_seal_name(found.seal));
  object.Set("pidfd", launch_pidfd_name(found.pidfd));
  object.Set("tierError", found.tier_error);
  object.Set("sealError", found.seal_error);
  object.Set("pidfdError", found.pidfd_error);
  object.Set("probed", found.probed);
  return object;
}

Napi::Value StepNames(Napi::Env env) {
  Napi::Array names = Napi::Array::New(env, LAUNCH_STEP_COUNT);

  for (uint32_t step = 0; step < LAUNCH_STEP_COUNT; step++)
    names[step] = Napi::String::New(env, launch_step_name(static_cast<launch_step>(step)));
  return names;
}

/* Of what is exported here, as lib/native.ts has it: it counts up with each change. */
constexpr int kInterface = 3;

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  ExitWatcher *watcher = nullptr;
  int error = ExitWatcher::Open(env, &watcher);

  if (error != 0) {
    ThrowErrno(env, error, "launch_context_open");
    return exports;
  }
  exports.Set("interface", Napi::Number::New(env, kInterface));
  exports.Set("launch", Napi::Function::New(env, Launch, "launch", watcher));
  exports.Set("kill", Napi::Function::New(env, Kill, "kill", watcher));
  exports.Set("setRef", Napi::Function::New(env, SetRef, "setRef", watcher));
  exports.Set("hasRef", Napi::Function::New(env, HasRef, "hasRef", watcher));
  exports.Set("takeEnd", Napi::Function::New(env, TakeEnd, "takeEnd", watcher));
  exports.Set("runSync", Napi::Function::New(env, RunSync, "runSync", watcher));
  exports.Set("openPipe", Napi::Function::New(env, OpenPipe, "openPipe", watcher));
  exports.Set("sealFds", Napi::Function::New(env, SealFds, "sealFds", watcher));
  exports.Set("internalFds", Napi::Function::New(env, InternalFds, "internalFds", watcher));
  exports.Set("capabilities", Napi::Function::New(env, Capabilities, "capabilities", watcher));
  ExportProcesses(env, exports);
  exports.Set("usage", watcher->usage());
  exports.Set("steps", StepNames(env));
  ExportGates(env, exports, watcher->context());
  return exports;
}

} // namespace

NODE_API_MODULE(safe_spawn, Init)
