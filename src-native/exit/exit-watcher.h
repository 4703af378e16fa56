/*
 * exit-watcher.h: tells JavaScript that a child is dead, once, and after the I/O of that turn of the loop.
 *
 *   pidfd readable, or SIGCHLD          (poll phase)   reap, queue
 *   uv_check, in order of the spawns    (check phase)  listener(code, signal, core_dumped, lost)
 *
 * libuv runs signal watchers last in the poll phase, so that a stock child's 'data' comes before its 'exit'. A pidfd
 * has no such place, so its deaths are queued. The 'exit' comes first only if the child writes and dies while the callbacks of
 * a poll phase run that reports another death. libuv has that order too. To wait a turn for every child would put each 'end'
 * before the 'exit'.
 */
#ifndef SAFE_SPAWN_EXIT_WATCHER_H
#define SAFE_SPAWN_EXIT_WATCHER_H

#include <napi.h>
#include <uv.h>

#include <cstdint>
#include <map>
#include <vector>

#include "../core/launch.h"
#include "ref-counted-handle.h"
#include "loop-state.h"
#include "../launch/parent-pipe-ends.h"

/*
 * Holds all children of one environment (the main thread, or a Worker). Each has a number that is never another's. The
 * watcher deletes itself when the environment has ended.
 */
class ExitWatcher {
public:
  /* Returns 0 or a negative errno. */
  static int Open(Napi::Env env, ExitWatcher **ret_watcher);

  /* Returns the watcher that a function was exported with. */
  static ExitWatcher *Of(const Napi::CallbackInfo &info) {
    return static_cast<ExitWatcher *>(info.Data());
  }

  /*
   * Takes over the process and its pidfd. Returns the number of the child. It needs nothing that a Worker lacks while it is
   * terminated.
   */
  uint64_t Watch(const launch_child &launched, Napi::Function listener);

  /* These three do nothing to a child that was reaped. Its pid is free for others, and the loop does not wait for it. */
  int Kill(uint64_t number, int signal);
  /* When the child is dead, SIGKILL ends the process group that it leads, before the child is reaped. */
  void KillGroupAtExit(uint64_t number);
  void SetLoopRef(uint64_t number, bool wanted);
  bool HasLoopRef(uint64_t number) const;

  launch_context *context() const {
    return loop_state_.context;
  }
  /* Holds the fields of getrusage(2) in their order, times in microseconds, of the child whose death is reported. */
  Napi::Float64Array usage() const {
    return usage_.Value();
  }
  /* A Worker has a loop of its own. */
  bool IsOfMainThread() const {
    return loop_ == uv_default_loop();
  }
  ParentPipeEnds &ends() {
    return ends_;
  }
  /* Returns the descriptors that belong to the library and not to the program. */
  std::vector<int> InternalFds() const;

private:
  struct Child {
    ExitWatcher *owner;
    uint64_t number;
    launch_child process;
    bool by_pidfd; /* otherwise SIGCHLD reports the death */
    bool keeps_loop;
    bool kills_group; /* at its end */
    Napi::FunctionReference listener;
  };

  struct ExitEvent {
    Napi::FunctionReference listener;
    launch_exit end;
    bool awaits_poll; /* the loop has to look at the pipes once more first */
  };

  ExitWatcher(Napi::Env env, uv_loop_t *loop, const LoopState &loop_state);

  void StartSigchld();
  RefCountedHandle &RefFor(const Child &child);
  void Reap(Child *child);
  void Unwatch(const Child &child);
  void ScheduleDispatch();
  void DispatchExits();
  void StopDispatch();
  void NotifyExit(const ExitEvent &death);
  void WriteUsage(const rusage &usage);
  void BeginEnd(napi_async_cleanup_hook_handle hook);
  void HandleClosed();

  static void OnPidfd(void *child);
  static void OnSigchld(uv_signal_t *signal, int number);
  static void OnEnd(napi_async_cleanup_hook_handle hook, void *self);

  Napi::Env env_;
  uv_loop_t *loop_;
  LoopState loop_state_;
  uv_check_t check_;
  uv_idle_t idle_; /* keeps the loop from waiting for I/O while deaths are queued */
  uv_signal_t sigchld_;
  RefCountedHandle sigchld_ref_;
  ParentPipeEnds ends_;
  Napi::Reference<Napi::Float64Array> usage_;
  std::map<uint64_t, Child> live_;
  std::map<uint64_t, ExitEvent> dead_; /* reaped, but not yet reported */
  uint64_t last_number_ = 0;
  size_t open_handles_ = 0;
  napi_async_cleanup_hook_handle ended_ = nullptr;
};

#endif
