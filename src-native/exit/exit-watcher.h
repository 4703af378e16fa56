/*
 * exit-watcher.h: tells JavaScript that a child is dead, once, and after the I/O of that turn of the loop.
 *
 *   pidfd readable, or SIGCHLD          (poll phase)   reap, queue
 *   uv_check, in order of the spawns    (check phase)  listener(code, signal, core_dumped, lost)
 *
 * libuv runs signal watchers last in the poll phase, so that a stock child's 'data' comes before its 'exit'.
 * A pidfd has no such place; hence the queue. Only a child that writes and dies while the callbacks of a poll phase run, which
 * have another death among them, has its 'exit' first, here as with libuv. To wait a turn for all of them would put
 * each 'end' before the 'exit'.
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

/* All children of one environment (the main thread, or a Worker), each known by a number that is never another's.
 * Deletes itself when the environment has ended. */
class ExitWatcher {
public:
  /* 0 or a negative errno. */
  static int Open(Napi::Env env, ExitWatcher **ret_watcher);

  /*
   * Takes over the process and its pidfd. Returns the number of the child. Needs nothing that can't be had while a
   * Worker is terminated.
   */
  uint64_t Watch(const launch_child &launched, Napi::Function listener);

  /* All of them do nothing to a child that was reaped: its pid is free for others, and the loop does not wait for it. */
  int Kill(uint64_t number, int signal);
  void SetLoopRef(uint64_t number, bool wanted);
  bool HasLoopRef(uint64_t number) const;

  launch_context *context() const {
    return loop_state_.context;
  }
  /* Of the child whose death is told: the fields of getrusage(2) in their order, times in microseconds. */
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
  /* Descriptors that are no user's. */
  std::vector<int> InternalFds() const;

private:
  struct Child {
    ExitWatcher *owner;
    uint64_t number;
    launch_child process;
    bool by_pidfd; /* else learnt of by SIGCHLD */
    bool keeps_loop;
    Napi::FunctionReference listener;
  };

  struct ExitEvent {
    Napi::FunctionReference listener;
    launch_exit end;
    bool awaits_poll; /* the pipes have to be looked at once more first */
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
  uv_idle_t idle_; /* lets the loop not wait for I/O while deaths are queued */
  uv_signal_t sigchld_;
  RefCountedHandle sigchld_ref_;
  ParentPipeEnds ends_;
  Napi::Reference<Napi::Float64Array> usage_;
  std::map<uint64_t, Child> live_;
  std::map<uint64_t, ExitEvent> dead_; /* reaped, not yet told */
  uint64_t last_number_ = 0;
  size_t open_handles_ = 0;
  napi_async_cleanup_hook_handle ended_ = nullptr;
};

#endif
