#include "launch-calls.h"

#include <cerrno>
#include <csignal>
#include <limits>

#include "../arguments.h"
#include "../objects.h"
#include "../protocol.h"
#include "launch-request.h"
#include "pipe-opener.h"
#include "sync-runner.h"

namespace {

/* ---- both ways to launch --------------------------------------------------------------------- */

/* Returns 0, or writes to the result why the program was not started, and returns that negative errno. */
int Start(const Napi::CallbackInfo &info, LaunchRequest *request, launch_child *ret_child) {
  launch_error failure = {};
  int error = request->OpenStdio();

  if (error != 0)
    failure = {error, LAUNCH_STEP_STDIO, 0, 0};
  else
    error = launch(ExitWatcher::Of(info)->context(), &request->plan(), ret_child, &failure);
  int32_t *result = request->result();
  if (error == 0) {
    result[RESULT_PID] = ret_child->pid;
    return 0;
  }
  result[RESULT_ERROR] = failure.error;
  result[RESULT_STEP] = failure.step;
  result[RESULT_RLIMIT_RESOURCE] = failure.rlimit_resource;
  result[RESULT_SIGNAL] = failure.signal;
  return error;
}

/* ---- a child that is watched ----------------------------------------------------------------- */

/* After these errors JavaScript gets no descriptors, as with libuv: the process or the system is out of them. */
bool IsOutOfDescriptors(int error) {
  return error == -EMFILE || error == -ENFILE;
}

/* A Worker can be terminated at any time. From the launch on, the call needs nothing that a terminated Worker refuses. */
Napi::Value Launch(const Napi::CallbackInfo &info) {
  enum { kOnExit = kRequestArguments };
  ExitWatcher *watcher = ExitWatcher::Of(info);
  Arguments arguments(info);
  LaunchRequest request(&arguments);
  Napi::Function on_exit = arguments.Function(kOnExit, "onExit");
  launch_child launched;
  uint64_t number = 0;

  if (arguments.Throws()) return {};
  int error = Start(info, &request, &launched);
  if (error == 0) {
    request.NameWriter(launched.pid);
    number = watcher->Watch(launched, on_exit);
  } else if (IsOutOfDescriptors(error)) {
    request.CloseEnds();
  }
  watcher->ends().Keep(request.ReleaseEnds());
  return Napi::Number::New(info.Env(), static_cast<double>(number));
}

Napi::Value TakePipeFd(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  auto index = static_cast<size_t>(arguments.Integer(0, "index", 0, INT32_MAX));

  if (arguments.Throws()) return {};
  return Napi::Number::New(info.Env(), ExitWatcher::Of(info)->ends().Take(index));
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

/* ---- a child that is run to its end ---------------------------------------------------------- */

SyncLimits ReadLimits(Arguments *arguments, size_t index) {
  NumberReader<double> limits(arguments, index, "limits");
  double timeout = limits.Next(0, static_cast<double>(Arguments::kHighestInteger));
  double max_output = limits.Next(0, std::numeric_limits<double>::infinity());
  double signal = limits.Next(0, SIGRTMAX);

  return {static_cast<int64_t>(timeout), max_output, static_cast<int>(signal)};
}

/* The child reads the first stdio entry, and writes the others. */
std::vector<SyncPipe> MakePipes(const std::vector<int> &ends, const Arguments::Bytes &input) {
  std::vector<SyncPipe> pipes;

  for (int end : ends)
    pipes.push_back({end, end >= 0, pipes.empty(), nullptr, 0, {}});
  if (!pipes.empty()) {
    pipes[0].input = input.data;
    pipes[0].input_size = input.size;
  }
  return pipes;
}

Napi::Array MakeOutput(Napi::Env env, const std::vector<SyncPipe> &pipes) {
  return MakeArray(env, pipes.size(), [&](size_t i) -> Napi::Value {
    const SyncPipe &pipe = pipes[i];
    if (!pipe.exists || pipe.child_reads) return env.Null();
    return Napi::Buffer<char>::Copy(env, pipe.output.data(), pipe.output.size());
  });
}

/* Reads nothing from JavaScript after the launch, since a Worker can be terminated at any time. */
Napi::Value RunSync(const Napi::CallbackInfo &info) {
  enum { kLimits = kRequestArguments, kInput };
  Arguments arguments(info);
  LaunchRequest request(&arguments);
  SyncLimits limits = ReadLimits(&arguments, kLimits);
  Arguments::Bytes input = {};
  launch_child child;

  if (arguments.Has(kInput)) input = arguments.View(kInput, "input");
  if (arguments.Throws()) return {};
  if (Start(info, &request, &child) != 0) return info.Env().Undefined();
  std::vector<SyncPipe> pipes = MakePipes(request.ReleaseEnds(), input);
  SyncResult end = RunToEnd(child, &pipes, limits);
  int32_t *result = request.result();
  result[RESULT_EXIT_CODE] = end.exit.code;
  result[RESULT_EXIT_SIGNAL] = end.exit.signal;
  result[RESULT_CORE_DUMPED] = end.exit.core_dumped;
  result[RESULT_LOST] = end.exit.lost;
  result[RESULT_RUN_ERROR] = end.error;
  return MakeOutput(info.Env(), pipes);
}

} // namespace

void ExportLaunchCalls(Napi::Object exports, ExitWatcher *watcher) {
  DefineFunction(exports, "launch", Launch, watcher);
  DefineFunction(exports, "takePipeFd", TakePipeFd, watcher);
  DefineFunction(exports, "openPipe", OpenPipe, watcher);
  DefineFunction(exports, "runSync", RunSync, watcher);
}
