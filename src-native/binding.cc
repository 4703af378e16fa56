/*
 * binding.cc: the module, as lib/native/interface.ts types it.
 */
#include <napi.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <limits>

#include "arguments.h"
#include "core/cloexec.h"
#include "core/launch.h"
#include "exit/exit-watcher.h"
#include "test-hooks.h"
#include "launch/pipe-opener.h"
#include "system/plain-environment.h"
#include "system/system.h"
#include "launch/launch-request.h"
#include "launch/sync-runner.h"
#include "system-error.h"

namespace {

enum Result { kPid, kError, kStep, kRlimitResource, kSignal, kResults };
enum SyncResultField { kExitCode = kResults, kExitSignal, kCoreDumped, kLost, kRunError, kSyncResults };

constexpr int64_t kHighestInteger = (int64_t{1} << 53) - 1; /* Number.MAX_SAFE_INTEGER */

ExitWatcher *WatcherOf(const Napi::CallbackInfo &info) {
  return static_cast<ExitWatcher *>(info.Data());
}

int Start(launch_context *context, LaunchRequest *request, launch_child *ret_child, launch_error *ret_error) {
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
  ret_result[kRlimitResource] = error.rlimit_resource;
  ret_result[kSignal] = error.signal;
}

Napi::Value Launch(const Napi::CallbackInfo &info) {
  enum { kResult = kRequestArguments, kOnDeath };
  ExitWatcher *watcher = WatcherOf(info);
  Arguments arguments(info);
  LaunchRequest request(&arguments);
  int32_t *result = arguments.Room(kResult, "result", kResults);
  Napi::Function on_death = arguments.Function(kOnDeath, "onDeath");
  launch_child launched;
  launch_error error = {};
  uint64_t number = 0;

  if (arguments.Throws()) return {};
  /* Nothing is needed after it that can't be had while a Worker is terminated, which can begin at any time. */
  if (Start(watcher->context(), &request, &launched, &error) == 0) {
    result[kPid] = launched.pid;
    request.NameWriter(launched.pid);
    number = watcher->Watch(launched, on_death);
  } else {
    if (IsOutOfDescriptors(error.error)) request.CloseEnds();
    WriteFailure(error, result);
  }
  watcher->ends().Keep(request.ReleaseEnds());
  return Napi::Number::New(info.Env(), static_cast<double>(number));
}

uint64_t ChildOf(Arguments *arguments) {
  return static_cast<uint64_t>(arguments->Integer(0, "child", 0, kHighestInteger));
}

Napi::Value Kill(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  uint64_t child = ChildOf(&arguments);
  int signal = static_cast<int>(arguments.Integer(1, "signal", 0, SIGRTMAX));

  if (arguments.Throws()) return {};
  return Napi::Number::New(info.Env(), WatcherOf(info)->Kill(child, signal));
}

void SetRef(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  uint64_t child = ChildOf(&arguments);
  bool wanted = arguments.Boolean(1, "wanted");

  if (!arguments.Throws()) WatcherOf(info)->SetLoopRef(child, wanted);
}

Napi::Value HasRef(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  uint64_t child = ChildOf(&arguments);

  if (arguments.Throws()) return {};
  return Napi::Boolean::New(info.Env(), WatcherOf(info)->HasLoopRef(child));
}

Napi::Value TakePipeFd(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  auto index = static_cast<size_t>(arguments.Integer(0, "index", 0, INT32_MAX));

  if (arguments.Throws()) return {};
  return Napi::Number::New(info.Env(), WatcherOf(info)->ends().Take(index));
}

Napi::Value OpenPipe(const Napi::CallbackInfo &info) {
  uv_loop_t *loop = nullptr;
  Arguments arguments(info);
  Napi::Object pipe = arguments.Object(0, "pipe");
  int fd = static_cast<int>(arguments.Integer(1, "fd", 0, INT32_MAX));

  if (arguments.Throws()) return {};
  int error =
      napi_get_uv_event_loop(info.Env(), &loop) == napi_ok ? OpenPipeHandle(loop, pipe, fd) : UV_ENOTSUP;
  return Napi::Number::New(info.Env(), error);
}

/* The first stdio entry is read by the child, the others are written. */
std::vector<SyncPipe> PipesOf(const std::vector<int> &ends, const Arguments::Bytes &input) {
  std::vector<SyncPipe> pipes;

  for (int end : ends)
    pipes.push_back({end, pipes.empty(), nullptr, 0, {}});
  if (!pipes.empty()) {
    pipes[0].input = input.data;
    pipes[0].input_size = input.size;
  }
  return pipes;
}

SyncLimits ReadLimits(Arguments *arguments, size_t index) {
  NumberReader<double> limits(arguments, index, "limits");
  double timeout = limits.Next(0, static_cast<double>(kHighestInteger));
  double max_output = limits.Next(0, std::numeric_limits<double>::infinity());
  double signal = limits.Next(0, SIGRTMAX);

  return {static_cast<int64_t>(timeout), max_output, static_cast<int>(signal)};
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
  enum { kResult = kRequestArguments, kLimits, kInput };
  Arguments arguments(info);
  LaunchRequest request(&arguments);
  int32_t *result = arguments.Room(kResult, "result", kSyncResults);
  SyncLimits limits = ReadLimits(&arguments, kLimits);
  Arguments::Bytes input = {};
  launch_child child;
  launch_error error = {};

  if (arguments.Has(kInput)) input = arguments.View(kInput, "input");
  if (arguments.Throws()) return {};
  if (Start(WatcherOf(info)->context(), &request, &child, &error) != 0) {
    WriteFailure(error, result);
    return info.Env().Undefined();
  }
  /* Nothing is read here that can't be while a Worker is terminated, which can begin at any time. */
  std::vector<SyncPipe> pipes = PipesOf(request.ReleaseEnds(), input);
  std::vector<bool> piped;
  for (const SyncPipe &pipe : pipes)
    piped.push_back(pipe.fd >= 0);
  SyncResult end = RunToEnd(child, &pipes, limits);
  result[kPid] = child.pid;
  result[kExitCode] = end.exit.code;
  result[kExitSignal] = end.exit.signal;
  result[kCoreDumped] = end.exit.core_dumped;
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

Napi::Value SetCloseOnExec(const Napi::CallbackInfo &info) {
  int *changed = nullptr;
  size_t count = 0;
  const char *call = nullptr;
  int error = cloexec_set_all(&changed, &count, &call);

  if (error != 0) {
    ThrowErrno(info.Env(), error, call);
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

Napi::Value HasPlainEnvironment(const Napi::CallbackInfo &info) {
  return Napi::Boolean::New(info.Env(), WatcherOf(info)->IsOfMainThread() && IsPlainEnvironment(environ));
}

Napi::Value Capabilities(const Napi::CallbackInfo &info) {
  Napi::Object object = Napi::Object::New(info.Env());
  launch_capabilities found;

  launch_probe(WatcherOf(info)->context(), &found);
  object.Set("cloneMode", launch_clone_mode_name(found.clone_mode));
  object.Set("closeFds", launch_close_fds_name(found.close_fds));
  object.Set("pidfd", launch_pidfd_name(found.pidfd));
  object.Set("cloneModeError", found.clone_mode_error);
  object.Set("closeFdsError", found.close_fds_error);
  object.Set("pidfdError", found.pidfd_error);
  object.Set("syscalls", launch_syscalls_name(found.syscalls));
  if (found.interposed != nullptr) object.Set("interposed", found.interposed);
  if (found.interposer != nullptr) object.Set("interposer", found.interposer);
  object.Set("probed", found.probed);
  return object;
}

Napi::Value StepNames(Napi::Env env) {
  Napi::Array names = Napi::Array::New(env, LAUNCH_STEP_COUNT);

  for (uint32_t step = 0; step < LAUNCH_STEP_COUNT; step++)
    names[step] = Napi::String::New(env, launch_step_name(static_cast<launch_step>(step)));
  return names;
}

/* Of what is exported here, as lib/native/interface.ts has it: it counts up with each change. */
constexpr int kInterface = 6;

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
  exports.Set("takePipeFd", Napi::Function::New(env, TakePipeFd, "takePipeFd", watcher));
  exports.Set("runSync", Napi::Function::New(env, RunSync, "runSync", watcher));
  exports.Set("openPipe", Napi::Function::New(env, OpenPipe, "openPipe", watcher));
  exports.Set("setCloseOnExec", Napi::Function::New(env, SetCloseOnExec, "setCloseOnExec", watcher));
  exports.Set("internalFds", Napi::Function::New(env, InternalFds, "internalFds", watcher));
  exports.Set("hasPlainEnvironment",
              Napi::Function::New(env, HasPlainEnvironment, "hasPlainEnvironment", watcher));
  exports.Set("capabilities", Napi::Function::New(env, Capabilities, "capabilities", watcher));
  ExportProcessControl(env, exports);
  ExportUserDatabase(env, exports);
  exports.Set("usage", watcher->usage());
  exports.Set("steps", StepNames(env));
  ExportTestHooks(env, exports, watcher->context());
  return exports;
}

} // namespace

NODE_API_MODULE(safe_spawn, Init)
