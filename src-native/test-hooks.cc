#include "test-hooks.h"

#ifdef LAUNCH_TEST_GATES

namespace {

launch_context *ContextOf(const Napi::CallbackInfo &info) {
  bool lossless;

  return reinterpret_cast<launch_context *>(info[0].As<Napi::BigInt>().Uint64Value(&lossless));
}

launch_gate GateOf(const Napi::CallbackInfo &info) {
  return static_cast<launch_gate>(info[1].As<Napi::Number>().Int32Value());
}

void Arm(const Napi::CallbackInfo &info) {
  launch_gate_arm(ContextOf(info), GateOf(info));
}

Napi::Value Reached(const Napi::CallbackInfo &info) {
  return Napi::Boolean::New(info.Env(), launch_gate_reached(ContextOf(info), GateOf(info)));
}

void Release(const Napi::CallbackInfo &info) {
  launch_gate_release(ContextOf(info), GateOf(info));
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

void ExportGates(Napi::Env env, Napi::Object exports, launch_context *context) {
  Napi::Object gates = Napi::Object::New(env);

  gates.Set("address", Napi::BigInt::New(env, reinterpret_cast<uint64_t>(context)));
  gates.Set("arm", Napi::Function::New(env, Arm));
  gates.Set("reached", Napi::Function::New(env, Reached));
  gates.Set("release", Napi::Function::New(env, Release));
  gates.Set("failAt", Napi::Function::New(env, FailAt));
  gates.Set("force", Napi::Function::New(env, Force));
  exports.Set("gates", gates);
}

#endif
