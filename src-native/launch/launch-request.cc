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
#include "../protocol.h"
#include "large-pipes.h"

namespace {

constexpr int32_t kAllFlags =
    LAUNCH_NEW_SESSION | LAUNCH_SET_UID | LAUNCH_SET_GID | LAUNCH_SET_CWD | LAUNCH_INHERIT_ENV;
constexpr uint64_t kBothHalves = RLIMIT_SET_SOFT | RLIMIT_SET_HARD;
constexpr int32_t kAllAttributes = ATTRIBUTE_UMASK | ATTRIBUTE_NICE | ATTRIBUTE_OOM_SCORE_ADJ |
                                   ATTRIBUTE_PROCESS_GROUP | ATTRIBUTE_GROUPS | ATTRIBUTE_NO_NEW_PRIVILEGES;

constexpr int32_t kStandardFds = 3;
constexpr int32_t kMany = INT32_MAX - 1; /* the most of anything, and the highest descriptor */

/* Makes the parent's end first. Node's pipes are socket pairs: either end can be read and written, and carry descriptors. */
int OpenPipePair(int kind, size_t index, int ends[2]) {
  if (kind == STDIO_PIPE) return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
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

LaunchRequest::LaunchRequest(Arguments *arguments)
    : result_(arguments->Room(kResult, "result", RESULT_LENGTH)) {
  ReadHeader(arguments);
  if (arguments->Has(kRlimits)) ReadRlimits(arguments);
  if (arguments->Has(kAttributes)) ReadAttributes(arguments);
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

void LaunchRequest::ReadHeader(Arguments *arguments) {
  NumberReader<int32_t> header(arguments, kHeader, "header");
  int32_t flags = header.Next(0, kAllFlags);

  plan_.new_session = (flags & LAUNCH_NEW_SESSION) != 0;
  plan_.set_uid = (flags & LAUNCH_SET_UID) != 0;
  plan_.set_gid = (flags & LAUNCH_SET_GID) != 0;
  plan_.uid = static_cast<uid_t>(header.Next());
  plan_.gid = static_cast<gid_t>(header.Next());
  int32_t argument_count = header.Next(0, kMany), environment_count = header.Next(0, kMany);
  ReadStdio(&header, header.Next(0, kMany));

  text_ = arguments->Text(kStrings, "strings");
  StringReader strings(arguments, "strings", &text_);
  plan_.file = strings.Next();
  char *cwd = strings.Next();
  plan_.cwd = (flags & LAUNCH_SET_CWD) != 0 ? cwd : nullptr;
  ReadStrings(&strings, argument_count, environment_count);
  strings.End();
  if ((flags & LAUNCH_INHERIT_ENV) != 0) plan_.envp = environ;
}

void LaunchRequest::ReadStdio(NumberReader<int32_t> *header, int32_t count) {
  int32_t least = std::max(count, kStandardFds);

  for (int32_t i = 0; i < count && header->IsRight(); i++) {
    int32_t kind = header->Next(STDIO_IGNORE, STDIO_ONE_WAY_PIPE);
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
    rlimits_.push_back(
        {resource, (halves & RLIMIT_SET_SOFT) != 0, (halves & RLIMIT_SET_HARD) != 0, soft, hard});
  }
  plan_.rlimits = rlimits_.data();
  plan_.rlimit_count = rlimits_.size();
}

/* The rest of the array is the supplementary groups. */
void LaunchRequest::ReadAttributes(Arguments *arguments) {
  NumberReader<int32_t> fields(arguments, kAttributes, "attributes");
  int32_t given = fields.Next(0, kAllAttributes);

  plan_.set_umask = (given & ATTRIBUTE_UMASK) != 0;
  plan_.set_nice = (given & ATTRIBUTE_NICE) != 0;
  plan_.set_oom_score_adj = (given & ATTRIBUTE_OOM_SCORE_ADJ) != 0;
  plan_.set_process_group = (given & ATTRIBUTE_PROCESS_GROUP) != 0;
  plan_.set_groups = (given & ATTRIBUTE_GROUPS) != 0;
  plan_.no_new_privileges = (given & ATTRIBUTE_NO_NEW_PRIVILEGES) != 0;
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

/* Runs before a pipe is made: that could get the number of a descriptor that the caller named though it is closed. */
int LaunchRequest::CheckDescriptors() const {
  for (const Entry &entry : stdio_)
    if (entry.kind == STDIO_FD && fcntl(entry.fd, F_GETFD) < 0) return -EBADF;
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
  if (stdio_[index].kind == STDIO_ONE_WAY_PIPE && index != STDIN_FILENO) EnlargePipe(ends[0]);
  return 0;
}

int LaunchRequest::OpenStdio() {
  int error = CheckDescriptors();

  for (size_t i = 0; error == 0 && i < stdio_.size(); i++) {
    int target = static_cast<int>(i);
    if (stdio_[i].kind == STDIO_PIPE || stdio_[i].kind == STDIO_ONE_WAY_PIPE) {
      error = OpenPipe(i);
      fds_.push_back({target, child_ends_[i]});
    } else if (stdio_[i].kind == STDIO_FD) {
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
    if (stdio_[i].kind == STDIO_ONE_WAY_PIPE) SetPipeWriter(parent_ends_[i], child);
}

std::vector<int> LaunchRequest::ReleaseEnds() {
  CloseAll(&child_ends_);
  return std::exchange(parent_ends_, {});
}
