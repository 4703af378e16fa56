#include "exit-watcher.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "orphan-reaper.h"

namespace {

constexpr size_t kUsageFields = 16;

} // namespace

/* ---- an environment comes -------------------------------------------------------------------- */

int ExitWatcher::Open(Napi::Env env, ExitWatcher **ret_watcher) {
  uv_loop_t *loop = nullptr;
  LoopState loop_state;

  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return UV_ENOTSUP;
  int error = AcquireLoopState(loop, OnPidfd, &loop_state);
  if (error != 0) return error;
  auto *watcher = new ExitWatcher(env, loop, loop_state);
  /* The hook is asynchronous, since handles close in a later turn. A loop with open handles aborts the process. */
  if (napi_add_async_cleanup_hook(env, OnEnd, watcher, nullptr) != napi_ok) {
    watcher->BeginEnd(nullptr);
    return UV_ENOTSUP;
  }
  *ret_watcher = watcher;
  return 0;
}

ExitWatcher::ExitWatcher(Napi::Env env, uv_loop_t *loop, const LoopState &loop_state)
    : env_(env), loop_(loop), loop_state_(loop_state) {
  uv_check_init(loop, &check_);
  uv_idle_init(loop, &idle_);
  uv_signal_init(loop, &sigchld_);
  check_.data = idle_.data = sigchld_.data = this;
  open_handles_ = 3;
  sigchld_ref_.Attach(reinterpret_cast<uv_handle_t *>(&sigchld_));
  usage_ = Napi::Persistent(Napi::Float64Array::New(env, kUsageFields));
}

std::vector<int> ExitWatcher::InternalFds() const {
  int of_context[2];
  size_t count = launch_internal_fds(loop_state_.context, of_context);
  std::vector<int> fds(of_context, of_context + count);

  if (loop_state_.pidfds->fd() >= 0) fds.push_back(loop_state_.pidfds->fd());
  return fds;
}

/* ---- a child comes --------------------------------------------------------------------------- */

uint64_t ExitWatcher::Watch(const launch_child &launched, Napi::Function listener) {
  uint64_t number = ++last_number_;
  Child &child =
      live_.emplace(number, Child{this, number, launched, false, true, false, Napi::Persistent(listener)})
          .first->second;

  child.by_pidfd = launched.pidfd >= 0 && loop_state_.pidfds->Add(launched.pidfd, &child) == 0;
  RefFor(child).Add();
  if (!child.by_pidfd) StartSigchld();
  return number;
}

/* A child may have died before the handle was started, so all of them are looked at once. */
void ExitWatcher::StartSigchld() {
  uv_signal_start(&sigchld_, OnSigchld, SIGCHLD);
  OnSigchld(&sigchld_, SIGCHLD);
}

RefCountedHandle &ExitWatcher::RefFor(const Child &child) {
  return child.by_pidfd ? loop_state_.pidfds->ref() : sigchld_ref_;
}

int ExitWatcher::Kill(uint64_t number, int signal) {
  auto found = live_.find(number);

  return found == live_.end() ? UV_ESRCH : launch_signal(&found->second.process, signal);
}

void ExitWatcher::KillGroupAtExit(uint64_t number) {
  auto found = live_.find(number);

  if (found != live_.end()) found->second.kills_group = true;
}

void ExitWatcher::SetLoopRef(uint64_t number, bool wanted) {
  auto found = live_.find(number);

  if (found == live_.end() || found->second.keeps_loop == wanted) return;
  found->second.keeps_loop = wanted;
  if (wanted)
    RefFor(found->second).Add();
  else
    RefFor(found->second).Drop();
}

bool ExitWatcher::HasLoopRef(uint64_t number) const {
  auto found = live_.find(number);

  return found != live_.end() && found->second.keeps_loop;
}

/* ---- a child is dead ------------------------------------------------------------------------- */

void ExitWatcher::OnPidfd(void *data) {
  auto *child = static_cast<Child *>(data);

  child->owner->Reap(child);
}

/* SIGCHLD does not say which child died. Each one is waited for by its pid, since other children belong to other code. */
void ExitWatcher::OnSigchld(uv_signal_t *signal, int) {
  auto *self = static_cast<ExitWatcher *>(signal->data);
  std::vector<Child *> unwatched;

  for (auto &[number, child] : self->live_)
    if (!child.by_pidfd) unwatched.push_back(&child);
  for (Child *child : unwatched)
    self->Reap(child);
}

void ExitWatcher::Reap(Child *child) {
  ExitEvent death = {};

  if (child->kills_group) launch_kill_group_of_dead(&child->process);
  if (launch_reap(&child->process, &death.end) == 0) return;
  /* The last output may have arrived after this turn's look at the pipes. With a pidfd, only if the child died after it. */
  death.awaits_poll = !child->by_pidfd;
  death.listener = std::move(child->listener);
  dead_.emplace(child->number, std::move(death));
  int pidfd = child->process.pidfd;
  Unwatch(*child);
  if (pidfd >= 0) close(pidfd);
  ScheduleDispatch();
}

/* From here on no signal reaches the process, and the loop does not wait for it. */
void ExitWatcher::Unwatch(const Child &child) {
  if (child.by_pidfd) loop_state_.pidfds->Remove(child.process.pidfd);
  if (child.keeps_loop) RefFor(child).Drop();
  live_.erase(child.number);
}

/* ---- JavaScript is told ---------------------------------------------------------------------- */

void ExitWatcher::ScheduleDispatch() {
  uv_check_start(&check_,
                 [](uv_check_t *check) { static_cast<ExitWatcher *>(check->data)->DispatchExits(); });
  uv_idle_start(&idle_, [](uv_idle_t *) {});
}

void ExitWatcher::DispatchExits() {
  Napi::HandleScope scope(env_);
  std::map<uint64_t, ExitEvent> ready;

  for (auto it = dead_.begin(); it != dead_.end();) {
    bool awaits_poll = std::exchange(it->second.awaits_poll, false);
    auto next = std::next(it);
    if (!awaits_poll) ready.insert(dead_.extract(it));
    it = next;
  }
  if (dead_.empty()) StopDispatch();
  for (const auto &[number, death] : ready)
    NotifyExit(death);
}

void ExitWatcher::StopDispatch() {
  uv_check_stop(&check_);
  uv_idle_stop(&idle_);
}

/* The callback fails while a Worker is being terminated. The event is dropped then, since no JavaScript can run. */
void ExitWatcher::NotifyExit(const ExitEvent &death) {
  Napi::HandleScope scope(env_);
  const launch_exit &end = death.end;
  napi_value exception;
  napi_value arguments[] = {Napi::Number::New(env_, end.code), Napi::Number::New(env_, end.signal),
                            Napi::Boolean::New(env_, end.core_dumped), Napi::Boolean::New(env_, end.lost)};

  WriteUsage(end.usage);
  if (napi_make_callback(env_, nullptr, env_.Global(), death.listener.Value(), std::size(arguments),
                         arguments, nullptr) == napi_ok)
    return;
  /* If a listener of 'exit' throws, that is an uncaught exception. The deaths of other children are reported nevertheless. */
  if (napi_get_and_clear_last_exception(env_, &exception) == napi_ok) napi_fatal_exception(env_, exception);
}

void ExitWatcher::WriteUsage(const rusage &usage) {
  auto microseconds = [](const timeval &time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  const long counts[] = {usage.ru_maxrss,  usage.ru_ixrss,  usage.ru_idrss,  usage.ru_isrss,
                         usage.ru_minflt,  usage.ru_majflt, usage.ru_nswap,  usage.ru_inblock,
                         usage.ru_oublock, usage.ru_msgsnd, usage.ru_msgrcv, usage.ru_nsignals,
                         usage.ru_nvcsw,   usage.ru_nivcsw};

  Napi::Float64Array array = usage_.Value();
  if (array.ElementLength() < kUsageFields) return; /* JavaScript has detached its buffer */
  double *fields = array.Data();
  fields[0] = microseconds(usage.ru_utime);
  fields[1] = microseconds(usage.ru_stime);
  std::copy(std::begin(counts), std::end(counts), fields + 2);
}

/* ---- the environment ends -------------------------------------------------------------------- */

void ExitWatcher::OnEnd(napi_async_cleanup_hook_handle hook, void *self) {
  static_cast<ExitWatcher *>(self)->BeginEnd(hook);
}

/*
 * References are released here, while the environment still exists. The close callbacks run when it doesn't. Another
 * thread reaps the children that are still running.
 */
void ExitWatcher::BeginEnd(napi_async_cleanup_hook_handle hook) {
  std::vector<launch_child> orphans;

  ended_ = hook;
  usage_.Reset();
  dead_.clear();
  while (!live_.empty()) {
    const Child &child = live_.begin()->second;
    orphans.push_back(child.process);
    Unwatch(child);
  }
  AdoptOrphans(std::move(orphans));
  ReleaseLoopState(loop_);
  for (uv_handle_t *handle :
       {reinterpret_cast<uv_handle_t *>(&check_), reinterpret_cast<uv_handle_t *>(&idle_),
        reinterpret_cast<uv_handle_t *>(&sigchld_)})
    uv_close(handle, [](uv_handle_t *closed) { static_cast<ExitWatcher *>(closed->data)->HandleClosed(); });
}

void ExitWatcher::HandleClosed() {
  if (--open_handles_ > 0) return;
  napi_async_cleanup_hook_handle hook = ended_;
  delete this;
  if (hook != nullptr) napi_remove_async_cleanup_hook(hook);
}
