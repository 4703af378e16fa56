/*
 * parent-pipe-ends.h: our ends of the last launch's pipes, until JavaScript takes them. It may never come to that: a Worker can
 * be terminated while it launches. An end that is left open then would keep the child from EOF and SIGPIPE for ever.
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

  /* One for each stdio entry, -1 where there is none. Those of the launch before that nobody took are closed. */
  void Keep(std::vector<int> ends) {
    for (int end : ends_)
      if (end >= 0) close(end);
    ends_ = std::move(ends);
  }

  /* From now on it is the caller's. */
  int Take(size_t index) {
    return index < ends_.size() ? std::exchange(ends_[index], -1) : -1;
  }

private:
  std::vector<int> ends_;
};

#endif
