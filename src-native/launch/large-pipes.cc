#include "large-pipes.h"

#include <cerrno>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <mutex>

namespace {

constexpr int kSize = 256 * 1024;
constexpr size_t kMost = 64; /* a quarter of what the kernel allows a user */
constexpr int kSkipped = 16;

struct LargePipe {
  ino_t inode;
  int end;
  pid_t writer; /* 0: not known */
};

/* All threads share the list. JavaScript closes ends at any time, which is noticed only when the list is full. */
std::mutex mutex;
LargePipe pipes[kMost];
size_t count = 0;
int skipped = 0; /* pipes that were refused since the last search found no room */

ino_t InodeOfPipe(int fd) {
  struct stat status;

  return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode) ? status.st_ino : 0;
}

/* Another process may have the pid by now. The pipe then counts for too long, but never too short. */
bool IsGone(pid_t writer) {
  return writer == 0 || (kill(writer, 0) != 0 && errno == ESRCH);
}

bool IsClosed(const LargePipe &pipe) {
  return InodeOfPipe(pipe.end) != pipe.inode && IsGone(pipe.writer);
}

/* A search takes 64 system calls: while all are in use, only every 16th pipe pays for one. */
bool HasRoom() {
  if (count < kMost) return true;
  if (skipped++ % kSkipped != 0) return false;
  count = static_cast<size_t>(std::remove_if(pipes, pipes + count, IsClosed) - pipes);
  if (count == kMost) return false;
  skipped = 0;
  return true;
}

} // namespace

void EnlargePipe(int end) {
  std::lock_guard<std::mutex> lock(mutex);
  ino_t inode = InodeOfPipe(end);

  if (inode != 0 && HasRoom() && fcntl(end, F_SETPIPE_SZ, kSize) >= 0) pipes[count++] = {inode, end, 0};
}

void SetPipeWriter(int end, pid_t writer) {
  std::lock_guard<std::mutex> lock(mutex);
  ino_t inode = InodeOfPipe(end);

  for (size_t i = 0; inode != 0 && i < count; i++)
    if (pipes[i].inode == inode) pipes[i].writer = writer;
}
