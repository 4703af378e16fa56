#include "sync-runner.h"

#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace {

constexpr int64_t kForever = -1;
constexpr int64_t kInterval = 5; /* milliseconds, where nothing reports a death or a pipe that is ready */
constexpr size_t kChunk = 64 * 1024;

int64_t Now() {
  timespec now;

  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

void Sleep(int64_t milliseconds) {
  timespec time = {.tv_sec = 0, .tv_nsec = milliseconds * 1'000'000};

  nanosleep(&time, nullptr);
}

class Runner {
public:
  Runner(const launch_child &child, std::vector<SyncPipe> *pipes, const SyncLimits &limits)
      : child_(child), pipes_(*pipes), limits_(limits),
        deadline_(limits.timeout > 0 ? Now() + limits.timeout : kForever),
        pidfd_is_useful_(child.pidfd >= 0) {
  }

  SyncResult Run();

private:
  bool IsDone() const;
  void Wait();
  int64_t PollTimeout() const;
  void Serve(SyncPipe *pipe);
  void Feed(SyncPipe *pipe);
  void Collect(SyncPipe *pipe);
  void Reap();
  void Abort(int error);
  void RecordError(int error);
  void NotePipe(int error);

  launch_child child_;
  std::vector<SyncPipe> &pipes_;
  SyncLimits limits_;
  int64_t deadline_;
  std::vector<pollfd> polled_;   /* the ends that are pending, then the child if its pidfd is useful */
  std::vector<SyncPipe *> ends_; /* the pipes of these ends, in the same order */
  launch_exit exit_ = {};
  bool dead_ = false;
  bool pidfd_is_useful_; /* poll(2) on it waits until the child can be reaped */
  bool can_poll_ = true;
  bool has_moved_ = false; /* bytes, since the last wait */
  bool killed_ = false;
  double collected_ = 0;
  int error_ = 0;
  int pipe_error_ = 0;
};

void Close(SyncPipe *pipe) {
  if (pipe->fd >= 0) close(pipe->fd);
  pipe->fd = -1;
}

/* The run waits for the end of what the child writes, and until what it reads is written. */
bool IsPending(const SyncPipe &pipe) {
  return pipe.fd >= 0 && (!pipe.child_reads || pipe.input_size > 0);
}

SyncResult Runner::Run() {
  for (SyncPipe &pipe : pipes_) {
    if (pipe.fd >= 0) fcntl(pipe.fd, F_SETFL, fcntl(pipe.fd, F_GETFL) | O_NONBLOCK);
    if (pipe.child_reads) Feed(&pipe);
  }
  while (!IsDone()) {
    Wait();
    for (size_t i = 0; i < ends_.size(); i++)
      if (polled_[i].revents != 0) Serve(ends_[i]);
    if (!dead_) Reap();
    if (deadline_ != kForever && Now() >= deadline_) Abort(-ETIMEDOUT);
  }
  for (SyncPipe &pipe : pipes_)
    Close(&pipe);
  if (child_.pidfd >= 0) close(child_.pidfd);
  return {exit_, error_ != 0 ? error_ : pipe_error_};
}

bool Runner::IsDone() const {
  return dead_ && std::none_of(pipes_.begin(), pipes_.end(), IsPending);
}

/*
 * Polls pending ends only: poll(2) refuses more entries than RLIMIT_NOFILE, and a passed descriptor can have any number.
 * If poll(2) fails, as under a filter that refuses it, every end counts as ready: none of them blocks.
 */
void Runner::Wait() {
  polled_.clear();
  ends_.clear();
  for (SyncPipe &pipe : pipes_) {
    if (!IsPending(pipe)) continue;
    polled_.push_back({pipe.fd, static_cast<short>(pipe.child_reads ? POLLOUT : POLLIN), 0});
    ends_.push_back(&pipe);
  }
  if (!dead_ && pidfd_is_useful_) polled_.push_back({child_.pidfd, POLLIN, 0});
  can_poll_ = poll(polled_.data(), polled_.size(), static_cast<int>(PollTimeout())) >= 0 || errno == EINTR;
  bool is_busy = std::exchange(has_moved_, false);
  if (can_poll_) return;
  for (size_t i = 0; i < ends_.size(); i++)
    polled_[i].revents = polled_[i].events;
  if (!is_busy) Sleep(PollTimeout());
}

int64_t Runner::PollTimeout() const {
  int64_t patience = deadline_ == kForever ? kForever : std::clamp<int64_t>(deadline_ - Now(), 0, INT32_MAX);

  if (can_poll_ && (dead_ || pidfd_is_useful_)) return patience;
  return patience == kForever ? kInterval : std::min(patience, kInterval);
}

void Runner::Serve(SyncPipe *pipe) {
  if (pipe->fd < 0) return;
  if (pipe->child_reads)
    Feed(pipe);
  else
    Collect(pipe);
}

/* The child can still write to a socket, as with Node, but nothing reads that. A pipe(2) has no half to shut, and is closed. */
void EndInput(SyncPipe *pipe) {
  if (shutdown(pipe->fd, SHUT_WR) != 0) Close(pipe);
}

/* write(2) sends no SIGPIPE that matters: Node ignores the signal from its start. */
void Runner::Feed(SyncPipe *pipe) {
  while (pipe->fd >= 0 && pipe->input_size > 0) {
    ssize_t written = write(pipe->fd, pipe->input, pipe->input_size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) return;
    if (written < 0) {
      NotePipe(-errno);
      return Close(pipe);
    }
    has_moved_ = true;
    pipe->input += written;
    pipe->input_size -= static_cast<size_t>(written);
  }
  EndInput(pipe);
}

void Runner::Collect(SyncPipe *pipe) {
  size_t old_size = pipe->output.size();
  ssize_t received;

  pipe->output.resize(old_size + kChunk);
  do
    received = read(pipe->fd, pipe->output.data() + old_size, kChunk);
  while (received < 0 && errno == EINTR);
  int error = received < 0 ? errno : 0;
  pipe->output.resize(old_size + static_cast<size_t>(std::max<ssize_t>(received, 0)));

  if (error == EAGAIN) return;
  if (error != 0) NotePipe(-error);
  if (received <= 0) return Close(pipe);
  has_moved_ = true;
  collected_ += static_cast<double>(received);
  if (limits_.max_output > 0 && collected_ > limits_.max_output) Abort(-ENOBUFS);
}

/*
 * A debugger can keep a dead child from being reaped, and other code can close the pidfd or reuse its number. poll(2)
 * would not wait from then on.
 */
void Runner::Reap() {
  bool is_told_dead = pidfd_is_useful_ && polled_.back().revents != 0;

  dead_ = launch_reap(&child_, &exit_) != 0;
  if (!dead_ && is_told_dead) pidfd_is_useful_ = false;
}

/* The pipes are closed also if the child is dead already: a grandchild may hold their other ends forever. */
void Runner::Abort(int error) {
  RecordError(error);
  deadline_ = kForever;
  if (!dead_ && !killed_) {
    int result = launch_signal(&child_, limits_.kill_signal);
    if (result < 0 && result != -ESRCH) {
      RecordError(result);
      launch_signal(&child_, SIGKILL);
    }
  }
  killed_ = true;
  for (SyncPipe &pipe : pipes_)
    Close(&pipe);
}

void Runner::RecordError(int error) {
  if (error_ == 0) error_ = error;
}

void Runner::NotePipe(int error) {
  if (pipe_error_ == 0) pipe_error_ = error;
}

} // namespace

SyncResult RunToEnd(const launch_child &child, std::vector<SyncPipe> *pipes, const SyncLimits &limits) {
  return Runner(child, pipes, limits).Run();
}
