#include "test-hooks.h"

#ifdef LAUNCH_TEST_HOOKS

#  include "objects.h"

namespace {

launch_context *ContextOf(const Napi::CallbackInfo &info) {
  bool lossless;

  return reinterpret_cast<launch_context *>(info[0].As<Napi::BigInt>().Uint64Value(&lossless));
}

launch_test_hook HookOf(const Napi::CallbackInfo &info) {
  return static_cast<launch_test_hook>(info[1].As<Napi::Number>().Int32Value());
}

void Arm(const Napi::CallbackInfo &info) {
  launch_test_hook_arm(ContextOf(info), HookOf(info));
}

Napi::Value Reached(const Napi::CallbackInfo &info) {
  return Napi::Boolean::New(info.Env(), launch_test_hook_reached(ContextOf(info), HookOf(info)));
}

void Release(const Napi::CallbackInfo &info) {
  launch_test_hook_release(ContextOf(info), HookOf(info));
}

void FailAt(const Napi::CallbackInfo &info) {
  launch_fail_at(ContextOf(info), static_cast<launch_step>(info[1].As<Napi::Number>().Int32Value()),
                 info[2].As<Napi::Number>().Int32Value(), info[3].As<Napi::Number>().Int32Value());
}

void Force(const Napi::CallbackInfo &info) {
  launch_force(ContextOf(info), static_cast<launch_clone_mode>(info[1].As<Napi::Number>().Int32Value()),
               static_cast<launch_close_fds>(info[2].As<Napi::Number>().Int32Value()),
               static_cast<launch_pidfd>(info[3].As<Napi::Number>().Int32Value()));
}

} // namespace

void ExportTestHooks(Napi::Object exports, launch_context *context) {
  Napi::Env env = exports.Env();
  Napi::Object hooks = Napi::Object::New(env);

  Define(hooks, "address", Napi::BigInt::New(env, reinterpret_cast<uint64_t>(context)));
  DefineFunction(hooks, "arm", Arm);
  DefineFunction(hooks, "reached", Reached);
  DefineFunction(hooks, "release", Release);
  DefineFunction(hooks, "failAt", FailAt);
  DefineFunction(hooks, "force", Force);
  Define(exports, "testHooks", hooks);
}

#endif
