#include "orphan-reaper.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace {

constexpr size_t kStackSize = 128 * 1024;
constexpr timespec kInterval = {.tv_sec = 0, .tv_nsec = 500'000'000};

/*
 * Waits until a pidfd becomes readable. Returns at once if a child has no pidfd, since nothing would report its death.
 * poll(2) refuses more entries than RLIMIT_NOFILE, which may have been lowered.
 */
void AwaitDeath(const std::vector<launch_child> &orphans) {
  std::vector<pollfd> fds;

  for (const launch_child &orphan : orphans) {
    if (orphan.pidfd < 0) return;
    fds.push_back({orphan.pidfd, POLLIN, 0});
  }
  poll(fds.data(), fds.size(), -1);
}

bool ReapAndClose(const launch_child &orphan) {
  launch_exit end;

  if (launch_reap(&orphan, &end) == 0) return false;
  if (orphan.pidfd >= 0) close(orphan.pidfd);
  return true;
}

/* Returns whether any was dead. */
bool DropDead(std::vector<launch_child> *orphans) {
  auto dead = std::remove_if(orphans->begin(), orphans->end(), ReapAndClose);
  bool any = dead != orphans->end();

  orphans->erase(dead, orphans->end());
  return any;
}

/*
 * The children are looked at in intervals if poll(2) fails, or returns though nothing can be reaped: a debugger can hold a
 * dead child, and other code can close a pidfd.
 */
void *ReapAll(void *argument) {
  std::unique_ptr<std::vector<launch_child>> orphans(static_cast<std::vector<launch_child> *>(argument));

  while (!orphans->empty()) {
    AwaitDeath(*orphans);
    if (!DropDead(orphans.get())) nanosleep(&kInterval, nullptr);
  }
  return nullptr;
}

/* The thread blocks all signals, since they are meant for the program's threads. */
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

/* Each ended environment has a thread of its own, which ends with the last of its children. */
void AdoptOrphans(std::vector<launch_child> orphans) {
  DropDead(&orphans);
  if (orphans.empty()) return;
  auto shared = std::make_unique<std::vector<launch_child>>(std::move(orphans));
  if (StartThread(shared.get())) (void)shared.release();
}
