#include "orphans.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace {

constexpr size_t kStackSize = 128 * 1024;
constexpr int kIntervalWithoutPidfd = 1000; /* milliseconds */

/* poll(2) passes over a negative descriptor, so that children without pidfd are looked at in intervals. */
void AwaitDeath(const std::vector<launch_child> &orphans) {
  std::vector<pollfd> fds;
  int timeout = -1;

  for (const launch_child &orphan : orphans) {
    fds.push_back({orphan.pidfd, POLLIN, 0});
    if (orphan.pidfd < 0) timeout = kIntervalWithoutPidfd;
  }
  poll(fds.data(), fds.size(), timeout);
}

bool ReapAndClose(const launch_child &orphan) {
  launch_exit end;

  if (launch_reap(&orphan, &end) == 0) return false;
  if (orphan.pidfd >= 0) close(orphan.pidfd);
  return true;
}

void DropDead(std::vector<launch_child> *orphans) {
  orphans->erase(std::remove_if(orphans->begin(), orphans->end(), ReapAndClose), orphans->end());
}

void *ReapAll(void *argument) {
  std::unique_ptr<std::vector<launch_child>> orphans(static_cast<std::vector<launch_child> *>(argument));

  while (!orphans->empty()) {
    AwaitDeath(*orphans);
    DropDead(orphans.get());
  }
  return nullptr;
}

/* Signals are for the threads that were there before. */
bool StartThread(std::vector<launch_child> *orphans) {
  pthread_attr_t attributes;
  pthread_t thread;
  sigset_t all, old;

  sigfillset(&all);
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, kStackSize);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  bool started = pthread_create(&thread, &attributes, ReapAll, orphans) == 0;
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  pthread_attr_destroy(&attributes);
  return started;
}

} // namespace

/* A thread for each ended environment, which ends with the last of its children. */
void AdoptOrphans(std::vector<launch_child> orphans) {
  DropDead(&orphans);
  if (orphans.empty()) return;
  auto shared = std::make_unique<std::vector<launch_child>>(std::move(orphans));
  if (StartThread(shared.get())) (void)shared.release();
}
