#include "system.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <sys/syscall.h>
#include <unistd.h>

#include "../arguments.h"
#include "../objects.h"
#include "../system-error.h"

#ifndef SYS_pidfd_send_signal
#  define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#  define SYS_pidfd_open 434
#endif

namespace {

/* Calls prlimit(2). The new (soft, hard) may be undefined; returns the old pair. */
Napi::Value Prlimit(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  long pid = arguments.Integer(0, "pid", 0, INT32_MAX);
  long resource = arguments.Integer(1, "resource", 0, INT32_MAX);
  bool sets = arguments.Has(2);
  uint64_t wanted[2] = {}, old[2];

  if (sets) {
    NumberReader<uint64_t> limit(&arguments, 2, "limit");
    for (uint64_t &half : wanted)
      half = limit.Next();
  }
  if (arguments.Throws()) return {};
  if (syscall(SYS_prlimit64, pid, resource, sets ? wanted : nullptr, old) != 0) {
    ThrowErrno(info.Env(), -errno, "prlimit");
    return {};
  }
  Napi::BigUint64Array pair = Napi::BigUint64Array::New(info.Env(), 2);
  pair[0] = old[0];
  pair[1] = old[1];
  return pair;
}

Napi::Value PidfdOpen(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  long pid = arguments.Integer(0, "pid", 0, INT32_MAX);

  if (arguments.Throws()) return {};
  long pidfd = syscall(SYS_pidfd_open, pid, 0);
  return Napi::Number::New(info.Env(), static_cast<double>(pidfd < 0 ? -errno : pidfd));
}

Napi::Value PidfdSignal(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  long pidfd = arguments.Integer(0, "pidfd", 0, INT32_MAX);
  long signal = arguments.Integer(1, "signal", 0, SIGRTMAX);

  if (arguments.Throws()) return {};
  return Napi::Number::New(info.Env(),
                           syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0) == 0 ? 0 : -errno);
}

} // namespace

void ExportProcessControl(Napi::Object exports) {
  DefineFunction(exports, "prlimit", Prlimit);
  DefineFunction(exports, "pidfdOpen", PidfdOpen);
  DefineFunction(exports, "pidfdSignal", PidfdSignal);
}
