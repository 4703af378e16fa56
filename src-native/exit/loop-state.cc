#include "loop-state.h"

#include <map>
#include <mutex>

namespace {

struct Shared {
  PerLoop per_loop;
  unsigned users;
};

/* Never destroyed: Workers may outlive the destructors that run as the process exits. */
std::mutex &mutex = *new std::mutex;
std::map<uv_loop_t *, Shared> &loops = *new std::map<uv_loop_t *, Shared>;

} // namespace

int AcquirePerLoop(uv_loop_t *loop, PidfdPoll::Callback on_readable, PerLoop *ret_per_loop) {
  std::lock_guard<std::mutex> lock(mutex);
  auto found = loops.find(loop);

  if (found == loops.end()) {
    launch_context *context;
    int error = launch_context_open(&context);
    if (error != 0) return error;
    found = loops.emplace(loop, Shared{{context, new PidfdPoll(loop, on_readable)}, 0}).first;
  }
  found->second.users++;
  *ret_per_loop = found->second.per_loop;
  return 0;
}

void ReleasePerLoop(uv_loop_t *loop) {
  std::lock_guard<std::mutex> lock(mutex);
  auto found = loops.find(loop);

  if (--found->second.users > 0) return;
  launch_context_close(found->second.per_loop.context);
  found->second.per_loop.pidfds->Close();
  loops.erase(found);
}
