#include "system.h"

#include <unistd.h>

#include <cstdlib>

#include "../core/cloexec.h"
#include "../core/launch.h"
#include "../objects.h"
#include "../system-error.h"
#include "plain-environment.h"

namespace {

Napi::Value SetCloseOnExec(const Napi::CallbackInfo &info) {
  int *changed = nullptr;
  size_t count = 0;
  const char *call = nullptr;
  int error = cloexec_set_all(&changed, &count, &call);

  if (error != 0) {
    ThrowErrno(info.Env(), error, call);
    return info.Env().Undefined();
  }
  Napi::Array array = MakeArray(info.Env(), count, [&](size_t i) { return changed[i]; });
  free(changed);
  return array;
}

Napi::Value InternalFds(const Napi::CallbackInfo &info) {
  std::vector<int> fds = ExitWatcher::Of(info)->InternalFds();

  return MakeArray(info.Env(), fds.size(), [&](size_t i) { return fds[i]; });
}

Napi::Value HasPlainEnvironment(const Napi::CallbackInfo &info) {
  return Napi::Boolean::New(info.Env(),
                            ExitWatcher::Of(info)->IsOfMainThread() && IsPlainEnvironment(environ));
}

Napi::Value TextOrUndefined(Napi::Env env, const char *text) {
  return text == nullptr ? env.Undefined() : Napi::String::New(env, text);
}

Napi::Value Capabilities(const Napi::CallbackInfo &info) {
  Napi::Env env = info.Env();
  Napi::Object object = Napi::Object::New(env);
  launch_capabilities found;

  launch_probe(ExitWatcher::Of(info)->context(), &found);
  Define(object, "cloneMode", launch_clone_mode_name(found.clone_mode));
  Define(object, "closeFds", launch_close_fds_name(found.close_fds));
  Define(object, "pidfd", launch_pidfd_name(found.pidfd));
  Define(object, "cloneModeError", found.clone_mode_error);
  Define(object, "closeFdsError", found.close_fds_error);
  Define(object, "pidfdError", found.pidfd_error);
  Define(object, "syscalls", launch_syscalls_name(found.syscalls));
  Define(object, "interposed", TextOrUndefined(env, found.interposed));
  Define(object, "interposer", TextOrUndefined(env, found.interposer));
  Define(object, "probed", found.probed);
  return object;
}

} // namespace

void ExportOwnProcess(Napi::Object exports, ExitWatcher *watcher) {
  DefineFunction(exports, "setCloseOnExec", SetCloseOnExec, watcher);
  DefineFunction(exports, "internalFds", InternalFds, watcher);
  DefineFunction(exports, "hasPlainEnvironment", HasPlainEnvironment, watcher);
  DefineFunction(exports, "capabilities", Capabilities, watcher);
}
