/*
 * binding.cc: exports what lib/native/interface.ts describes. The functions are in the folder of their subject.
 */
#include <napi.h>

#include "core/launch.h"
#include "exit/child-calls.h"
#include "exit/exit-watcher.h"
#include "launch/launch-calls.h"
#include "objects.h"
#include "protocol.h"
#include "system-error.h"
#include "system/system.h"
#include "test-hooks.h"

namespace {

void ExportProtocol(Napi::Env env, Napi::Object exports) {
  Napi::Object constants = Napi::Object::New(env);

#define PROTOCOL_PROPERTY(name, value) Define(constants, #name, value);
  PROTOCOL_CONSTANTS(PROTOCOL_PROPERTY)
#undef PROTOCOL_PROPERTY
  Define(exports, "constants", constants);
  Define(exports, "steps", MakeArray(env, LAUNCH_STEP_COUNT, [](size_t step) {
           return launch_step_name(static_cast<launch_step>(step));
         }));
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  ExitWatcher *watcher = nullptr;
  int error = ExitWatcher::Open(env, &watcher);

  if (error != 0) {
    ThrowErrno(env, error, "launch_context_open");
    return exports;
  }
  Define(exports, "version", SAFE_SPAWN_VERSION);
  ExportProtocol(env, exports);
  ExportLaunchCalls(exports, watcher);
  ExportChildCalls(exports, watcher);
  ExportOwnProcess(exports, watcher);
  ExportProcessControl(exports);
  ExportUserDatabase(exports);
  ExportTestHooks(exports, watcher->context());
  return exports;
}

} // namespace

NODE_API_MODULE(safe_spawn, Init)
