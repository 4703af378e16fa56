#include "pipe-opener.h"

#include <set>

namespace {

struct Search {
  std::set<uv_handle_t *> held;   /* unopened pipes that keep the loop alive */
  std::set<uv_handle_t *> let_go; /* unopened pipes that do not */
};

void Classify(uv_handle_t *handle, void *data) {
  auto *search = static_cast<Search *>(data);
  uv_os_fd_t fd;

  if (uv_handle_get_type(handle) != UV_NAMED_PIPE || uv_is_closing(handle)) return;
  if (uv_fileno(handle, &fd) != UV_EBADF) return;
  (uv_has_ref(handle) ? search->held : search->let_go).insert(handle);
}

Search LookAt(uv_loop_t *loop) {
  Search search;

  uv_walk(loop, Classify, &search);
  return search;
}

/* Drops an exception. A handle whose method throws is not changed by it, and so is not found. */
void Call(const Napi::Object &handle, const char *name) {
  Napi::Env env = handle.Env();
  Napi::Value method = handle.Get(name);

  if (!env.IsExceptionPending() && method.IsFunction())
    method.As<Napi::Function>().Call(handle, std::initializer_list<napi_value>{});
  if (env.IsExceptionPending()) env.GetAndClearPendingException();
}

/*
 * Finds the libuv handle of a JavaScript object, for which Node-API has no function. It is the only handle of the loop
 * that unref() changes. JavaScript runs in between and could close handles, so only pointers of the second look are used.
 */
uv_stream_t *Find(uv_loop_t *loop, const Napi::Object &handle) {
  Search before = LookAt(loop);
  Call(handle, "unref");
  Search after = LookAt(loop);
  uv_handle_t *found = nullptr;

  for (uv_handle_t *candidate : after.let_go) {
    if (before.held.count(candidate) == 0) continue;
    if (found != nullptr) return nullptr;
    found = candidate;
  }
  return reinterpret_cast<uv_stream_t *>(found);
}

} // namespace

int OpenPipeHandle(uv_loop_t *loop, const Napi::Object &handle, int fd) {
  uv_stream_t *pipe = Find(loop, handle);
  int error = pipe == nullptr ? UV_EINVAL : uv_pipe_open(reinterpret_cast<uv_pipe_t *>(pipe), fd);

  Call(handle, "ref");
  return error;
}
