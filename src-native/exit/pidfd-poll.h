/*
 * pidfd-poll.h: puts all pidfds of an event loop behind one handle, which polls an epoll(7) descriptor. A child then costs
 * one system call. A handle of its own would take five, and an allocation.
 */
#ifndef SAFE_SPAWN_PIDFD_POLL_H
#define SAFE_SPAWN_PIDFD_POLL_H

#include <uv.h>

#include "ref-counted-handle.h"

class PidfdPoll {
public:
  using Callback = void (*)(void *data);

  /* Opens nothing before the first pidfd. */
  PidfdPoll(uv_loop_t *loop, Callback on_readable);

  /* Calls back with `data` in each turn of the loop in which the pidfd is readable. Returns 0 or a negative errno. */
  int Add(int pidfd, void *data);
  void Remove(int pidfd);
  /* The loop does not wait for pidfds unless a child holds a reference. There is none at first. */
  RefCountedHandle &ref() {
    return ref_;
  }
  /* Returns -1 before the first pidfd. */
  int fd() const {
    return fd_;
  }
  /* Deletes the object, in the next turn of the loop at the latest. */
  void Close();

private:
  ~PidfdPoll() = default;
  int Open();
  void OnReadable();

  uv_loop_t *loop_;
  Callback on_readable_;
  int fd_ = -1;
  uv_poll_t poll_;
  RefCountedHandle ref_;
};

#endif
