#include "pidfd-poll.h"

#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "../core/shared/fd-util.h"

namespace {

constexpr int kRounds = 64;
constexpr int kEvents = 1024;

/* An epoll descriptor has no file type. If the number has one, other code closed the descriptor and got its number. */
bool IsForeign(int fd) {
  struct stat status;

  return fstat(fd, &status) != 0 || (status.st_mode & S_IFMT) != 0;
}

} // namespace

PidfdPoll::PidfdPoll(uv_loop_t *loop, Callback on_readable) : loop_(loop), on_readable_(on_readable) {
}

int PidfdPoll::Open() {
  int fd = epoll_create1(EPOLL_CLOEXEC);

  if (fd < 0) return -errno;
  int error = fd_move_above_stdio(&fd);
  if (error == 0) error = uv_poll_init(loop_, &poll_, fd);
  if (error != 0) {
    close(fd);
    return error;
  }
  fd_ = fd;
  poll_.data = this;
  ref_.Attach(reinterpret_cast<uv_handle_t *>(&poll_));
  uv_poll_start(&poll_, UV_READABLE,
                [](uv_poll_t *poll, int, int) { static_cast<PidfdPoll *>(poll->data)->OnReadable(); });
  return 0;
}

int PidfdPoll::Add(int pidfd, void *data) {
  epoll_event event = {};
  int error = fd_ >= 0 ? 0 : Open();

  if (error != 0) return error;
  event.events = EPOLLIN;
  event.data.ptr = data;
  return epoll_ctl(fd_, EPOLL_CTL_ADD, pidfd, &event) == 0 ? 0 : -errno;
}

void PidfdPoll::Remove(int pidfd) {
  epoll_ctl(fd_, EPOLL_CTL_DEL, pidfd, nullptr);
}

/*
 * All pidfds are read in one turn, which keeps the order of the deaths. The rounds are limited, since a pidfd stays
 * readable while a debugger keeps its process from being reaped.
 */
void PidfdPoll::OnReadable() {
  epoll_event events[kEvents];
  int count = kEvents;

  for (int round = 0; round < kRounds && count == kEvents; round++) {
    count = epoll_wait(fd_, events, kEvents, 0);
    for (int i = 0; i < count; i++)
      on_readable_(events[i].data.ptr);
  }
}

void PidfdPoll::Close() {
  if (fd_ < 0) {
    delete this;
    return;
  }
  uv_close(reinterpret_cast<uv_handle_t *>(&poll_),
           [](uv_handle_t *handle) { delete static_cast<PidfdPoll *>(handle->data); });
  if (!IsForeign(fd_)) close(fd_);
}
