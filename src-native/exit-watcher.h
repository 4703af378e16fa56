/*
 * exit-watcher.h: tells JavaScript that a child is dead, once, and after the I/O of that turn of the loop.
 *
 *   pidfd readable, or SIGCHLD          (poll phase)   reap, queue
 *   uv_check, in order of the spawns    (check phase)  watcher.reaped(code, signal, lost)
 *
 * libuv runs signal watchers last in the poll phase, so that a stock child's 'data' comes before its 'exit'.
 * A pidfd has no such place; hence the queue.
 */
#ifndef SAFE_SPAWN_EXIT_WATCHER_H
#define SAFE_SPAWN_EXIT_WATCHER_H

#include <napi.h>
#include <uv.h>

#include <cstdint>
#include <map>

#include "core/launch.h"
#include "pipe-ends.h"

class ExitWatcher;

/* What JavaScript holds of a running child. Keeps itself alive until the death was told. */
class Child : public Napi::ObjectWrap<Child> {
public:
  static Napi::Function Define(Napi::Env env);
  explicit Child(const Napi::CallbackInfo &info);

private:
  friend class ExitWatcher;

  Napi::Value Kill(const Napi::CallbackInfo &info);
  void RefLoop(const Napi::CallbackInfo &info);
  void UnrefLoop(const Napi::CallbackInfo &info);
  Napi::Value HasRef(const Napi::CallbackInfo &info);
  Napi::Value Usage(const Napi::CallbackInfo &info);
  void SetLoopRef(bool wanted);

  ExitWatcher *owner_ = nullptr; /* null once reaped, or once the environment ends */
  uint64_t sequence_ = 0;
  launch_child child_ = {0, -1};
  launch_exit end_ = {};
  uv_poll_t *poll_ = nullptr; /* null: learnt of by SIGCHLD */
  bool keeps_loop_ = true;
  bool reaped_ = false;
  bool awaits_poll_ = false; /* dead, but the pipes have to be looked at once more first */
  Napi::ObjectReference watcher_;
};

/* All children of one environment (the main thread, or a Worker). Deletes itself when the environment has
 * ended. */
class ExitWatcher {
public:
  /* 0 or a negative errno. */
  static int Open(Napi::Env env, ExitWatcher **ret_watcher);

  /*
   * Everything that needs JavaScript, before a launch: when that returns, a Worker may have been terminated, and
   * nothing can be made there any more. Null, with an exception pending, where that is so already.
   */
  Child *Prepare(Napi::Object watcher);
  /* After a launch that failed, or a death that was told. */
  void Discard(Child *child);
  /* Takes over the process and its pidfd. */
  void Watch(Child *child, const launch_child &launched);

  launch_context *context() const {
    return context_;
  }
  PipeEnds &ends() {
    return ends_;
  }

private:
  friend class Child;

  ExitWatcher(Napi::Env env, launch_context *context, uv_loop_t *loop);

  bool StartPoll(Child *child);
  void StartSigchld();
  void UpdateSigchldRef();
  void Reap(Child *child);
  void Detach(Child *child);
  void ClosePoll(Child *child);
  void ScheduleDelivery();
  void Deliver();
  void StopDelivery();
  void DeliverTo(Child *child);
  void BeginEnd(napi_async_cleanup_hook_handle hook);
  void HandleClosed();

  static void OnPidfd(uv_poll_t *poll, int status, int events);
  static void OnSigchld(uv_signal_t *signal, int number);
  static void OnEnd(napi_async_cleanup_hook_handle hook, void *self);

  Napi::Env env_;
  launch_context *context_;
  uv_loop_t *loop_;
  uv_check_t check_;
  uv_idle_t idle_; /* lets the loop not wait for I/O while deaths are queued */
  uv_signal_t sigchld_;
  PipeEnds ends_;
  Napi::FunctionReference constructor_;
  std::map<uint64_t, Child *> live_;
  std::map<uint64_t, Child *> dead_; /* reaped, not yet told */
  uint64_t next_sequence_ = 0;
  size_t open_handles_ = 0;
  napi_async_cleanup_hook_handle ended_ = nullptr;
};

#endif
