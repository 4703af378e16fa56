#include "loop-state.h"

#include <map>
#include <mutex>

namespace {

struct Shared {
  LoopState loop_state;
  unsigned users;
};

/* These are never destroyed, since Workers may outlive the destructors that run as the process exits. */
std::mutex &mutex = *new std::mutex;
std::map<uv_loop_t *, Shared> &loops = *new std::map<uv_loop_t *, Shared>;

} // namespace

int AcquireLoopState(uv_loop_t *loop, PidfdPoll::Callback on_readable, LoopState *ret_loop_state) {
  std::lock_guard<std::mutex> lock(mutex);
  auto found = loops.find(loop);

  if (found == loops.end()) {
    launch_context *context;
    int error = launch_context_open(&context);
    if (error != 0) return error;
    found = loops.emplace(loop, Shared{{context, new PidfdPoll(loop, on_readable)}, 0}).first;
  }
  found->second.users++;
  *ret_loop_state = found->second.loop_state;
  return 0;
}

void ReleaseLoopState(uv_loop_t *loop) {
  std::lock_guard<std::mutex> lock(mutex);
  auto found = loops.find(loop);

  if (--found->second.users > 0) return;
  launch_context_close(found->second.loop_state.context);
  found->second.loop_state.pidfds->Close();
  loops.erase(found);
}
