#include "exit-watcher.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "contexts.h"
#include "orphans.h"

/* ---- Child ----------------------------------------------------------------------------------- */

Napi::Function Child::Define(Napi::Env env) {
  return DefineClass(env, "NativeChild",
                     {
                         InstanceMethod<&Child::Kill>("kill"),
                         InstanceMethod<&Child::RefLoop>("ref"),
                         InstanceMethod<&Child::UnrefLoop>("unref"),
                         InstanceMethod<&Child::HasRef>("hasRef"),
                         InstanceMethod<&Child::Usage>("usage"),
                     });
}

Child::Child(const Napi::CallbackInfo &info) : Napi::ObjectWrap<Child>(info) {
}

/* Once reaped the pid is free for others, and nothing may be sent to it any more. */
Napi::Value Child::Kill(const Napi::CallbackInfo &info) {
  int result = UV_ESRCH;

  if (owner_ != nullptr) result = launch_signal(&child_, info[0].As<Napi::Number>().Int32Value());
  return Napi::Number::New(info.Env(), result);
}

void Child::RefLoop(const Napi::CallbackInfo &) {
  SetLoopRef(true);
}

void Child::UnrefLoop(const Napi::CallbackInfo &) {
  SetLoopRef(false);
}

Napi::Value Child::HasRef(const Napi::CallbackInfo &info) {
  return Napi::Boolean::New(info.Env(), owner_ != nullptr && keeps_loop_);
}

/* The fields of getrusage(2) in their order, times in microseconds; undefined while alive, or if lost. */
Napi::Value Child::Usage(const Napi::CallbackInfo &info) {
  const rusage &usage = end_.usage;

  if (!reaped_ || end_.lost) return info.Env().Undefined();
  auto microseconds = [](const timeval &time) {
    return time.tv_sec * 1e6 + static_cast<double>(time.tv_usec);
  };
  const double fields[] = {
      microseconds(usage.ru_utime),          microseconds(usage.ru_stime),
      static_cast<double>(usage.ru_maxrss),  static_cast<double>(usage.ru_ixrss),
      static_cast<double>(usage.ru_idrss),   static_cast<double>(usage.ru_isrss),
      static_cast<double>(usage.ru_minflt),  static_cast<double>(usage.ru_majflt),
      static_cast<double>(usage.ru_nswap),   static_cast<double>(usage.ru_inblock),
      static_cast<double>(usage.ru_oublock), static_cast<double>(usage.ru_msgsnd),
      static_cast<double>(usage.ru_msgrcv),  static_cast<double>(usage.ru_nsignals),
      static_cast<double>(usage.ru_nvcsw),   static_cast<double>(usage.ru_nivcsw),
  };
  Napi::Float64Array array = Napi::Float64Array::New(info.Env(), std::size(fields));
  std::copy(std::begin(fields), std::end(fields), array.Data());
  return array;
}

void Child::SetLoopRef(bool wanted) {
  keeps_loop_ = wanted;
  if (owner_ == nullptr) return;
  if (poll_ == nullptr)
    owner_->UpdateSigchldRef();
  else if (wanted)
    uv_ref(reinterpret_cast<uv_handle_t *>(poll_));
  else
    uv_unref(reinterpret_cast<uv_handle_t *>(poll_));
}

/* ---- ExitWatcher: a child comes -------------------------------------------------------------- */

int ExitWatcher::Open(Napi::Env env, ExitWatcher **ret_watcher) {
  uv_loop_t *loop = nullptr;
  launch_context *context;

  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return UV_ENOTSUP;
  int error = AcquireContext(loop, &context);
  if (error != 0) return error;
  auto *watcher = new ExitWatcher(env, context, loop);
  /* Asynchronous, since handles close in a later turn of the loop: a loop with open handles aborts the process. */
  if (napi_add_async_cleanup_hook(env, OnEnd, watcher, nullptr) != napi_ok) {
    watcher->BeginEnd(nullptr);
    return UV_ENOTSUP;
  }
  *ret_watcher = watcher;
  return 0;
}

ExitWatcher::ExitWatcher(Napi::Env env, launch_context *context, uv_loop_t *loop)
    : env_(env), context_(context), loop_(loop) {
  uv_check_init(loop, &check_);
  uv_idle_init(loop, &idle_);
  uv_signal_init(loop, &sigchld_);
  check_.data = idle_.data = sigchld_.data = this;
  open_handles_ = 3;
  constructor_ = Napi::Persistent(Child::Define(env));
}

Child *ExitWatcher::Prepare(Napi::Object watcher) {
  Napi::Object object = constructor_.New({});

  if (object.IsEmpty()) return nullptr;
  Child *child = Child::Unwrap(object);
  child->Ref();
  child->watcher_ = Napi::Persistent(watcher);
  return child;
}

void ExitWatcher::Discard(Child *child) {
  child->watcher_.Reset();
  child->Unref();
}

void ExitWatcher::Watch(Child *child, const launch_child &launched) {
  child->owner_ = this;
  child->sequence_ = next_sequence_++;
  child->child_ = launched;
  live_.emplace(child->sequence_, child);
  if (!StartPoll(child)) StartSigchld();
}

bool ExitWatcher::StartPoll(Child *child) {
  auto *poll = new uv_poll_t;

  if (child->child_.pidfd < 0 || uv_poll_init(loop_, poll, child->child_.pidfd) != 0) {
    delete poll;
    return false;
  }
  poll->data = child;
  child->poll_ = poll;
  open_handles_++;
  uv_poll_start(poll, UV_READABLE, OnPidfd);
  return true;
}

/* A child may have died before the watcher was there: one look at all of them makes up for that. */
void ExitWatcher::StartSigchld() {
  uv_signal_start(&sigchld_, OnSigchld, SIGCHLD);
  UpdateSigchldRef();
  OnSigchld(&sigchld_, SIGCHLD);
}

void ExitWatcher::UpdateSigchldRef() {
  bool wanted = false;

  for (const auto &[sequence, child] : live_)
    wanted = wanted || (child->poll_ == nullptr && child->keeps_loop_);
  if (wanted)
    uv_ref(reinterpret_cast<uv_handle_t *>(&sigchld_));
  else
    uv_unref(reinterpret_cast<uv_handle_t *>(&sigchld_));
}

/* ---- a child is dead ------------------------------------------------------------------------- */

void ExitWatcher::OnPidfd(uv_poll_t *poll, int, int) {
  auto *child = static_cast<Child *>(poll->data);

  child->owner_->Reap(child);
}

/* Waits for our children alone, each by its pid: whose SIGCHLD it was is not known. */
void ExitWatcher::OnSigchld(uv_signal_t *signal, int) {
  auto *self = static_cast<ExitWatcher *>(signal->data);
  std::vector<Child *> unwatched;

  for (const auto &[sequence, child] : self->live_)
    if (child->poll_ == nullptr) unwatched.push_back(child);
  for (Child *child : unwatched)
    self->Reap(child);
}

void ExitWatcher::Reap(Child *child) {
  if (launch_reap(&child->child_, &child->end_) == 0) return;
  child->reaped_ = true;
  bool by_sigchld = child->poll_ == nullptr;
  /* What it wrote may have come after this turn's look at the pipes, unlike with a pidfd beside them. */
  child->awaits_poll_ = by_sigchld;
  Detach(child);
  if (child->child_.pidfd >= 0) close(child->child_.pidfd);
  dead_.emplace(child->sequence_, child);
  if (by_sigchld) UpdateSigchldRef();
  ScheduleDelivery();
}

/* After this nothing reaches the process any more: neither signals nor the loop. */
void ExitWatcher::Detach(Child *child) {
  live_.erase(child->sequence_);
  child->owner_ = nullptr;
  if (child->poll_ != nullptr) ClosePoll(child);
}

void ExitWatcher::ClosePoll(Child *child) {
  uv_poll_t *poll = child->poll_;

  child->poll_ = nullptr;
  poll->data = this;
  uv_close(reinterpret_cast<uv_handle_t *>(poll), [](uv_handle_t *handle) {
    auto *self = static_cast<ExitWatcher *>(handle->data);
    delete reinterpret_cast<uv_poll_t *>(handle);
    self->HandleClosed();
  });
}

/* ---- JavaScript is told ---------------------------------------------------------------------- */

void ExitWatcher::ScheduleDelivery() {
  uv_check_start(&check_, [](uv_check_t *check) { static_cast<ExitWatcher *>(check->data)->Deliver(); });
  uv_idle_start(&idle_, [](uv_idle_t *) {});
}

void ExitWatcher::Deliver() {
  Napi::HandleScope scope(env_);
  std::map<uint64_t, Child *> ripe;

  for (auto it = dead_.begin(); it != dead_.end();) {
    bool awaits_poll = std::exchange(it->second->awaits_poll_, false);
    auto next = std::next(it);
    if (!awaits_poll) ripe.insert(dead_.extract(it));
    it = next;
  }
  if (dead_.empty()) StopDelivery();
  for (const auto &[sequence, child] : ripe)
    DeliverTo(child);
}

void ExitWatcher::StopDelivery() {
  uv_check_stop(&check_);
  uv_idle_stop(&idle_);
}

/* Fails, and that is all there is to do, when a Worker is being terminated and JavaScript can't run any more. */
void ExitWatcher::DeliverTo(Child *child) {
  Napi::HandleScope scope(env_);
  const launch_exit &end = child->end_;
  Napi::Object watcher = child->watcher_.Value();
  napi_value reaped, exception;
  napi_value arguments[] = {Napi::Number::New(env_, end.code), Napi::Number::New(env_, end.signal),
                            Napi::Boolean::New(env_, end.lost)};

  Discard(child);
  if (napi_get_named_property(env_, watcher, "reaped", &reaped) != napi_ok) return;
  if (napi_make_callback(env_, nullptr, watcher, reaped, 3, arguments, nullptr) == napi_ok) return;
  /* A throw in a listener of 'exit' is an uncaught exception, and other children's deaths are told all the same. */
  if (napi_get_and_clear_last_exception(env_, &exception) == napi_ok) napi_fatal_exception(env_, exception);
}

/* ---- the environment ends -------------------------------------------------------------------- */

void ExitWatcher::OnEnd(napi_async_cleanup_hook_handle hook, void *self) {
  static_cast<ExitWatcher *>(self)->BeginEnd(hook);
}

/*
 * References are given up here, while the environment still exists; close callbacks come when it doesn't.
 * Children that live on get a parent that reaps them.
 */
void ExitWatcher::BeginEnd(napi_async_cleanup_hook_handle hook) {
  std::vector<launch_child> orphans;

  ended_ = hook;
  constructor_.Reset();
  for (const auto &[sequence, child] : dead_)
    child->watcher_.Reset();
  while (!live_.empty()) {
    Child *child = live_.begin()->second;
    orphans.push_back(child->child_);
    child->watcher_.Reset();
    Detach(child);
  }
  AdoptOrphans(std::move(orphans));
  ReleaseContext(loop_);
  for (uv_handle_t *handle :
       {reinterpret_cast<uv_handle_t *>(&check_), reinterpret_cast<uv_handle_t *>(&idle_),
        reinterpret_cast<uv_handle_t *>(&sigchld_)})
    uv_close(handle, [](uv_handle_t *closed) { static_cast<ExitWatcher *>(closed->data)->HandleClosed(); });
}

/* Polls are closed all the time; the last handle of all can only be one of those closed at the end. */
void ExitWatcher::HandleClosed() {
  if (--open_handles_ > 0) return;
  napi_async_cleanup_hook_handle hook = ended_;
  delete this;
  if (hook != nullptr) napi_remove_async_cleanup_hook(hook);
}
