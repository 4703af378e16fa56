#include "contexts.h"

#include <map>
#include <mutex>

namespace {

struct Shared {
  launch_context *context;
  unsigned users;
};

/* Never destroyed: Workers may outlive the destructors that run as the process exits. */
std::mutex &mutex = *new std::mutex;
std::map<uv_loop_t *, Shared> &contexts = *new std::map<uv_loop_t *, Shared>;

} // namespace

int AcquireContext(uv_loop_t *loop, launch_context **ret_context) {
  std::lock_guard<std::mutex> lock(mutex);
  auto found = contexts.find(loop);

  if (found == contexts.end()) {
    launch_context *context;
    int error = launch_context_open(&context);
    if (error != 0) return error;
    found = contexts.emplace(loop, Shared{context, 0}).first;
  }
  found->second.users++;
  *ret_context = found->second.context;
  return 0;
}

void ReleaseContext(uv_loop_t *loop) {
  std::lock_guard<std::mutex> lock(mutex);
  auto found = contexts.find(loop);

  if (--found->second.users > 0) return;
  launch_context_close(found->second.context);
  contexts.erase(found);
}
