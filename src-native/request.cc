#include "request.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

namespace {

/* The numbers of lib/native.ts. */
enum Word { kFlags, kUid, kGid, kArgumentCount, kEnvironmentCount, kStdioCount, kStdio };
enum Flag { kNewSession = 1, kSetUid = 2, kSetGid = 4, kInheritEnv = 8 };
enum Kind { kIgnore, kPipe, kFd };
enum RlimitField { kResource, kHalves, kSoft, kHard, kRlimitFields };
enum Half { kHalfSoft = 1, kHalfHard = 2 };

/* 0 to 2 may be sources of their own: an end that got such a number because it was closed would be passed on
 * for it. */
int AboveStdio(int fd) {
  if (fd > STDERR_FILENO) return fd;
  int moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  int error = errno;
  close(fd);
  errno = error;
  return moved;
}

void CloseAll(std::vector<int> *fds) {
  for (int &fd : *fds) {
    if (fd >= 0) close(fd);
    fd = -1;
  }
}

} // namespace

Request::Request(const Napi::String &strings, const Napi::Int32Array &words, const Napi::Value &rlimits)
    : text_(strings.Utf8Value()) {
  int32_t flags = words[kFlags];
  const auto *stdio = reinterpret_cast<const Entry *>(words.Data() + kStdio);

  stdio_.assign(stdio, stdio + words[kStdioCount]);
  our_ends_.assign(stdio_.size(), -1);
  child_ends_.assign(stdio_.size(), -1);
  plan_.new_session = (flags & kNewSession) != 0;
  plan_.set_uid = (flags & kSetUid) != 0;
  plan_.set_gid = (flags & kSetGid) != 0;
  plan_.uid = static_cast<uid_t>(words[kUid]);
  plan_.gid = static_cast<gid_t>(words[kGid]);
  ReadStrings(words);
  ReadRlimits(rlimits);
}

Request::~Request() {
  CloseAll(&child_ends_);
  CloseAll(&our_ends_);
}

void Request::ReadStrings(const Napi::Int32Array &words) {
  char *next = text_.data();
  auto take = [&next] {
    char *string = next;
    next += strlen(next) + 1;
    return string;
  };
  char *file = take();
  char *cwd = take();

  argv_.push_back(nullptr); /* the spare slots of launch_plan.argv */
  for (int32_t i = 0; i < words[kArgumentCount]; i++)
    argv_.push_back(take());
  argv_.insert(argv_.end(), 2, nullptr);
  for (int32_t i = 0; i < words[kEnvironmentCount]; i++)
    envp_.push_back(take());
  envp_.push_back(nullptr);

  plan_.file = file;
  plan_.cwd = *cwd == '\0' ? nullptr : cwd;
  plan_.argv = argv_.data() + 1;
  plan_.envp = (words[kFlags] & kInheritEnv) != 0 ? environ : envp_.data();
}

void Request::ReadRlimits(const Napi::Value &rlimits) {
  if (rlimits.IsUndefined()) return;
  auto fields = rlimits.As<Napi::BigUint64Array>();

  for (const uint64_t *field = fields.Data(); field < fields.Data() + fields.ElementLength();
       field += kRlimitFields)
    rlimits_.push_back({static_cast<int>(field[kResource]), (field[kHalves] & kHalfSoft) != 0,
                        (field[kHalves] & kHalfHard) != 0, field[kSoft], field[kHard]});
  plan_.rlimits = rlimits_.data();
  plan_.rlimit_count = rlimits_.size();
}

/* Before a pipe is made: it could get the number of a descriptor that was named though it is closed. */
int Request::CheckDescriptors() const {
  for (const Entry &entry : stdio_)
    if (entry.kind == kFd && fcntl(entry.fd, F_GETFD) < 0) return -EBADF;
  return 0;
}

/* A socket pair, as Node's pipes are: either end can be read and written, and carry descriptors. */
int Request::OpenPipe(size_t index) {
  int ends[2];

  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -errno;
  our_ends_[index] = AboveStdio(ends[0]);
  if (our_ends_[index] < 0) {
    int error = -errno;
    close(ends[1]);
    return error;
  }
  child_ends_[index] = AboveStdio(ends[1]);
  return child_ends_[index] < 0 ? -errno : 0;
}

int Request::OpenStdio() {
  int error = CheckDescriptors();

  for (size_t i = 0; error == 0 && i < stdio_.size(); i++) {
    int target = static_cast<int>(i);
    if (stdio_[i].kind == kPipe) {
      error = OpenPipe(i);
      fds_.push_back({target, child_ends_[i]});
    } else if (stdio_[i].kind == kFd) {
      fds_.push_back({target, stdio_[i].fd});
    } else if (target <= STDERR_FILENO) {
      fds_.push_back({target, LAUNCH_FD_NULL});
    }
  }
  plan_.fds = fds_.data();
  plan_.fd_count = fds_.size();
  return error;
}

void Request::HandOutEnds(int32_t *ret_ends) {
  for (size_t i = 0; i < our_ends_.size(); i++) {
    ret_ends[i] = our_ends_[i];
    our_ends_[i] = -1;
  }
  CloseAll(&child_ends_);
}
