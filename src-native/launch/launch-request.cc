#include "launch-request.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "../core/shared/fd-util.h"
#include "large-pipes.h"

namespace {

/* The numbers of lib/native/interface.ts. */
enum Flag { kNewSession = 1, kSetUid = 2, kSetGid = 4, kSetCwd = 8, kInheritEnv = 16, kAllFlags = 31 };
enum Kind { kIgnore, kPipe, kFd, kOneWayPipe };
enum Half { kHalfSoft = 1, kHalfHard = 2, kBothHalves = 3 };
enum AttributeSet {
  kSetUmask = 1,
  kSetNice = 2,
  kSetOomScoreAdj = 4,
  kSetProcessGroup = 8,
  kSetGroups = 16,
  kNoNewPrivileges = 32,
  kAllSettings = 63
};

constexpr int32_t kStandardFds = 3;
constexpr int32_t kMany = INT32_MAX - 1; /* as many as there may be, or the highest descriptor */

/* Our end first. Node's pipes are socket pairs: either end can be read and written, and carry descriptors. */
int OpenPipePair(int kind, size_t index, int ends[2]) {
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

LaunchRequest::LaunchRequest(Arguments *arguments) {
  ReadWords(arguments);
  if (arguments->Has(kRlimits)) ReadRlimits(arguments);
  if (arguments->Has(kSettings)) ReadAttributes(arguments);
  if (arguments->Has(kCgroup)) {
    cgroup_ = arguments->CText(kCgroup, "cgroup");
    plan_.cgroup = cgroup_.c_str();
  }
}

LaunchRequest::~LaunchRequest() {
  CloseEnds();
}

void LaunchRequest::CloseEnds() {
  CloseAll(&child_ends_);
  CloseAll(&parent_ends_);
}

void LaunchRequest::ReadWords(Arguments *arguments) {
  NumberReader<int32_t> header(arguments, kWords, "words");
  int32_t flags = header.Next(0, kAllFlags);

  plan_.new_session = (flags & kNewSession) != 0;
  plan_.set_uid = (flags & kSetUid) != 0;
  plan_.set_gid = (flags & kSetGid) != 0;
  plan_.uid = static_cast<uid_t>(header.Next());
  plan_.gid = static_cast<gid_t>(header.Next());
  int32_t argument_count = header.Next(0, kMany), environment_count = header.Next(0, kMany);
  ReadStdio(&header, header.Next(0, kMany));

  text_ = arguments->Text(kStrings, "strings");
  StringReader strings(arguments, "strings", &text_);
  plan_.file = strings.Next();
  char *cwd = strings.Next();
  plan_.cwd = (flags & kSetCwd) != 0 ? cwd : nullptr;
  ReadStrings(&strings, argument_count, environment_count);
  strings.End();
  if ((flags & kInheritEnv) != 0) plan_.envp = environ;
}

void LaunchRequest::ReadStdio(NumberReader<int32_t> *header, int32_t count) {
  int32_t least = std::max(count, kStandardFds);

  for (int32_t i = 0; i < count && header->IsRight(); i++) {
    int32_t kind = header->Next(kIgnore, kOneWayPipe);
    stdio_.push_back({kind, header->Next()});
  }
  for (; header->HasNext(); least = kept_.back() + 1)
    kept_.push_back(header->Next(least, kMany));
  parent_ends_.assign(stdio_.size(), -1);
  child_ends_.assign(stdio_.size(), -1);
}

void LaunchRequest::ReadStrings(StringReader *strings, int32_t argument_count, int32_t environment_count) {
  argv_.push_back(nullptr); /* the spare slots of launch_plan.argv */
  for (int32_t i = 0; i < argument_count && strings->IsRight(); i++)
    argv_.push_back(strings->Next());
  argv_.insert(argv_.end(), 2, nullptr);
  for (int32_t i = 0; i < environment_count && strings->IsRight(); i++)
    envp_.push_back(strings->Next());
  envp_.push_back(nullptr);
  plan_.argv = argv_.data() + 1;
  plan_.envp = envp_.data();
}

void LaunchRequest::ReadRlimits(Arguments *arguments) {
  NumberReader<uint64_t> fields(arguments, kRlimits, "rlimits");

  while (fields.HasNext()) {
    int resource = static_cast<int>(fields.Next(0, RLIM_NLIMITS - 1));
    uint64_t halves = fields.Next(0, kBothHalves), soft = fields.Next(), hard = fields.Next();
    rlimits_.push_back({resource, (halves & kHalfSoft) != 0, (halves & kHalfHard) != 0, soft, hard});
  }
  plan_.rlimits = rlimits_.data();
  plan_.rlimit_count = rlimits_.size();
}

/* The supplementary groups are the rest of the array. */
void LaunchRequest::ReadAttributes(Arguments *arguments) {
  NumberReader<int32_t> fields(arguments, kSettings, "settings");
  int32_t given = fields.Next(0, kAllSettings);

  plan_.set_umask = (given & kSetUmask) != 0;
  plan_.set_nice = (given & kSetNice) != 0;
  plan_.set_oom_score_adj = (given & kSetOomScoreAdj) != 0;
  plan_.set_process_group = (given & kSetProcessGroup) != 0;
  plan_.set_groups = (given & kSetGroups) != 0;
  plan_.no_new_privileges = (given & kNoNewPrivileges) != 0;
  plan_.umask = static_cast<mode_t>(fields.Next(0, 0777));
  plan_.nice = fields.Next(-20, 19);
  plan_.oom_score_adj = fields.Next(-1000, 1000);
  plan_.process_group = fields.Next(0);
  plan_.death_signal = fields.Next(0, SIGRTMAX);
  while (fields.HasNext())
    groups_.push_back(static_cast<gid_t>(fields.Next()));
  plan_.groups = groups_.data();
  plan_.group_count = groups_.size();
}

/* Before a pipe is made: it could get the number of a descriptor that was named though it is closed. */
int LaunchRequest::CheckDescriptors() const {
  for (const Entry &entry : stdio_)
    if (entry.kind == kFd && fcntl(entry.fd, F_GETFD) < 0) return -EBADF;
  for (int fd : kept_)
    if (fcntl(fd, F_GETFD) < 0) return -EBADF;
  return 0;
}

int LaunchRequest::OpenPipe(size_t index) {
  int ends[2];

  if (OpenPipePair(stdio_[index].kind, index, ends) != 0) return -errno;
  int error = fd_move_above_stdio(&ends[0]);
  if (error == 0) error = fd_move_above_stdio(&ends[1]);
  if (error != 0) {
    close(ends[0]);
    close(ends[1]);
    return error;
  }
  parent_ends_[index] = ends[0];
  child_ends_[index] = ends[1];
  if (stdio_[index].kind == kOneWayPipe && index != STDIN_FILENO) EnlargePipe(ends[0]);
  return 0;
}

int LaunchRequest::OpenStdio() {
  int error = CheckDescriptors();

  for (size_t i = 0; error == 0 && i < stdio_.size(); i++) {
    int target = static_cast<int>(i);
    if (stdio_[i].kind == kPipe || stdio_[i].kind == kOneWayPipe) {
      error = OpenPipe(i);
      fds_.push_back({target, child_ends_[i]});
    } else if (stdio_[i].kind == kFd) {
      fds_.push_back({target, stdio_[i].fd});
    } else if (target < kStandardFds) {
      fds_.push_back({target, LAUNCH_FD_NULL});
    }
  }
  /* A child without them would get its first files under these numbers. */
  for (int target = static_cast<int>(stdio_.size()); target < kStandardFds; target++)
    fds_.push_back({target, LAUNCH_FD_NULL});
  for (int fd : kept_)
    fds_.push_back({fd, fd});
  plan_.fds = fds_.data();
  plan_.fd_count = fds_.size();
  return error;
}

void LaunchRequest::NameWriter(pid_t child) const {
  for (size_t i = 0; i < stdio_.size(); i++)
    if (stdio_[i].kind == kOneWayPipe) SetPipeWriter(parent_ends_[i], child);
}

std::vector<int> LaunchRequest::ReleaseEnds() {
  CloseAll(&child_ends_);
  return std::exchange(parent_ends_, {});
}
