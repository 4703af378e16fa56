#include "child-calls.h"

#include <csignal>

#include "../arguments.h"
#include "../objects.h"

namespace {

uint64_t ReadChild(Arguments *arguments) {
  return static_cast<uint64_t>(arguments->Integer(0, "child", 0, Arguments::kHighestInteger));
}

Napi::Value Kill(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  uint64_t child = ReadChild(&arguments);
  int signal = static_cast<int>(arguments.Integer(1, "signal", 0, SIGRTMAX));

  if (arguments.Throws()) return {};
  return Napi::Number::New(info.Env(), ExitWatcher::Of(info)->Kill(child, signal));
}

void KillGroupAtExit(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  uint64_t child = ReadChild(&arguments);

  if (!arguments.Throws()) ExitWatcher::Of(info)->KillGroupAtExit(child);
}

void SetRef(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  uint64_t child = ReadChild(&arguments);
  bool wanted = arguments.Boolean(1, "wanted");

  if (!arguments.Throws()) ExitWatcher::Of(info)->SetLoopRef(child, wanted);
}

Napi::Value HasRef(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  uint64_t child = ReadChild(&arguments);

  if (arguments.Throws()) return {};
  return Napi::Boolean::New(info.Env(), ExitWatcher::Of(info)->HasLoopRef(child));
}

} // namespace

void ExportChildCalls(Napi::Object exports, ExitWatcher *watcher) {
  DefineFunction(exports, "kill", Kill, watcher);
  DefineFunction(exports, "killGroupAtExit", KillGroupAtExit, watcher);
  DefineFunction(exports, "setRef", SetRef, watcher);
  DefineFunction(exports, "hasRef", HasRef, watcher);
  Define(exports, "usage", watcher->usage());
}
