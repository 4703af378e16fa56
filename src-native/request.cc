#include "request.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "core/above-stdio.h"
#include "large-pipes.h"

namespace {

/* The numbers of lib/native.ts. */
enum Word { kFlags, kUid, kGid, kArgumentCount, kEnvironmentCount, kStdioCount, kStdio };
enum Flag { kNewSession = 1, kSetUid = 2, kSetGid = 4, kInheritEnv = 8 };
enum Kind { kIgnore, kPipe, kFd, kOneWayPipe };
enum RlimitField { kResource, kHalves, kSoft, kHard, kRlimitFields };
enum Half { kHalfSoft = 1, kHalfHard = 2 };
enum Setting { kWhich, kUmask, kNice, kOomScoreAdj, kProcessGroup, kDeathSignal, kGroups };
enum Which {
  kSetUmask = 1,
  kSetNice = 2,
  kSetOomScoreAdj = 4,
  kSetProcessGroup = 8,
  kSetGroups = 16,
  kNoNewPrivileges = 32
};

/* Our end first. Node's pipes are socket pairs: either end can be read and written, and carry descriptors. */
int OpenEnds(int kind, size_t index, int ends[2]) {
  if (kind == kPipe) return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
  int result = pipe2(ends, O_CLOEXEC);
  if (index == STDIN_FILENO) std::swap(ends[0], ends[1]);
  return result;
}

void CloseAll(std::vector<int> *fds) {
  for (int &fd : *fds) {
    if (fd >= 0) close(fd);
    fd = -1;
  }
}

} // namespace

Request::Request(const RequestParts &parts) : text_(parts.strings.Utf8Value()) {
  const Napi::Int32Array &words = parts.words;
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
  if (!parts.rlimits.IsUndefined()) ReadRlimits(parts.rlimits);
  if (!parts.settings.IsUndefined()) ReadSettings(parts.settings);
  if (!parts.cgroup.IsUndefined()) {
    cgroup_ = parts.cgroup.As<Napi::String>().Utf8Value();
    plan_.cgroup = cgroup_.c_str();
  }
}

Request::~Request() {
  CloseEnds();
}

void Request::CloseEnds() {
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
  auto fields = rlimits.As<Napi::BigUint64Array>();

  for (const uint64_t *field = fields.Data(); field < fields.Data() + fields.ElementLength();
       field += kRlimitFields)
    rlimits_.push_back({static_cast<int>(field[kResource]), (field[kHalves] & kHalfSoft) != 0,
                        (field[kHalves] & kHalfHard) != 0, field[kSoft], field[kHard]});
  plan_.rlimits = rlimits_.data();
  plan_.rlimit_count = rlimits_.size();
}

/* The supplementary groups are the rest of the array. */
void Request::ReadSettings(const Napi::Value &settings) {
  auto fields = settings.As<Napi::Int32Array>();
  int32_t which = fields[kWhich];

  plan_.set_umask = (which & kSetUmask) != 0;
  plan_.set_nice = (which & kSetNice) != 0;
  plan_.set_oom_score_adj = (which & kSetOomScoreAdj) != 0;
  plan_.set_process_group = (which & kSetProcessGroup) != 0;
  plan_.set_groups = (which & kSetGroups) != 0;
  plan_.no_new_privileges = (which & kNoNewPrivileges) != 0;
  plan_.umask = static_cast<mode_t>(fields[kUmask]);
  plan_.nice = fields[kNice];
  plan_.oom_score_adj = fields[kOomScoreAdj];
  plan_.process_group = fields[kProcessGroup];
  plan_.death_signal = fields[kDeathSignal];
  groups_.assign(fields.Data() + kGroups, fields.Data() + fields.ElementLength());
  plan_.groups = groups_.data();
  plan_.group_count = groups_.size();
}

/* Before a pipe is made: it could get the number of a descriptor that was named though it is closed. */
int Request::CheckDescriptors() const {
  for (const Entry &entry : stdio_)
    if (entry.kind == kFd && fcntl(entry.fd, F_GETFD) < 0) return -EBADF;
  return 0;
}

int Request::OpenPipe(size_t index) {
  int ends[2];

  if (OpenEnds(stdio_[index].kind, index, ends) != 0) return -errno;
  int ours = fd_above_stdio(ends[0]);
  if (ours < 0) {
    close(ends[1]);
    return ours;
  }
  our_ends_[index] = ours;
  if (stdio_[index].kind == kOneWayPipe && index != STDIN_FILENO) EnlargePipe(ours);
  int childs = fd_above_stdio(ends[1]);
  if (childs < 0) return childs;
  child_ends_[index] = childs;
  return 0;
}

int Request::OpenStdio() {
  int error = CheckDescriptors();

  for (size_t i = 0; error == 0 && i < stdio_.size(); i++) {
    int target = static_cast<int>(i);
    if (stdio_[i].kind == kPipe || stdio_[i].kind == kOneWayPipe) {
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

void Request::NameWriter(pid_t child) const {
  for (size_t i = 0; i < stdio_.size(); i++)
    if (stdio_[i].kind == kOneWayPipe) SetPipeWriter(our_ends_[i], child);
}

std::vector<int> Request::ReleaseEnds() {
  CloseAll(&child_ends_);
  return std::exchange(our_ends_, {});
}
