/*
 * parent-pipe-ends.h: keeps the parent's ends of the last launch's pipes until JavaScript takes them. If a Worker is
 * terminated first, the destructor closes them. The child would otherwise never see EOF or SIGPIPE.
 */
#ifndef SAFE_SPAWN_PARENT_PIPE_ENDS_H
#define SAFE_SPAWN_PARENT_PIPE_ENDS_H

#include <unistd.h>

#include <cstddef>
#include <utility>
#include <vector>

class ParentPipeEnds {
public:
  ParentPipeEnds() = default;
  ParentPipeEnds(const ParentPipeEnds &) = delete;
  ParentPipeEnds &operator=(const ParentPipeEnds &) = delete;
  ~ParentPipeEnds() {
    Keep({});
  }

  /* Each stdio entry has an end, or -1. Ends of the launch before that were not taken are closed. */
  void Keep(std::vector<int> ends) {
    for (int end : ends_)
      if (end >= 0) close(end);
    ends_ = std::move(ends);
  }

  /* Returns the end, which the caller closes, or -1 if there is none. */
  int Take(size_t index) {
    return index < ends_.size() ? std::exchange(ends_[index], -1) : -1;
  }

private:
  std::vector<int> ends_;
};

#endif
