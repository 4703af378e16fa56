#include <poll.h>
#include <sys/wait.h>
#include <time.h>

#include "shared.h"

/*
 * The kernel walks a task's list of robust futexes when the task gives up its memory: at the point of no return of execve(2), and
 * at any death. It marks each word that holds the task's number, and wakes a waiter. vfork would end at that moment. The list
 * works in shared memory and in a copy; CLONE_CHILD_CLEARTID does nothing in a copy.
 */

enum { FIRST_LOOK_MS = 2, LAST_LOOK_MS = 64 };

int launch__begin_running(struct launch__running *running) {
  running->entry.next = &running->robust.list;
  running->robust = (struct robust_list_head){
      .list = {.next = &running->entry},
      .futex_offset = (long)((char *)&running->word - (char *)&running->entry),
  };
  running->word = (uint32_t)launch__sys(SYS_gettid) | FUTEX_WAITERS;
  return (int)launch__sys(SYS_set_robust_list, &running->robust, sizeof running->robust);
}

static bool has_ended(const struct launch__running *running, int reader) {
  struct pollfd end = {.fd = reader};

  if (reader >= 0) return poll(&end, 1, 0) > 0;
  return (running->word & FUTEX_OWNER_DIED) != 0;
}

/* The number that the child stores first wakes no thread, but the end of the child still wakes this one. */
static void sleep_on(struct launch__running *running, int reader, int milliseconds) {
  struct pollfd end = {.fd = reader};
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
  uint32_t word = running->word;

  if (reader >= 0)
    (void)poll(&end, 1, milliseconds);
  else if ((word & FUTEX_OWNER_DIED) == 0)
    (void)launch__sys(SYS_futex, &running->word, FUTEX_WAIT, word, &time, NULL, 0);
}

/* A child that is killed before it has a robust list wakes no thread. A child that another thread has reaped is dead too. */
static bool is_dead(const struct launch_child *child) {
  struct pollfd pidfd = {.fd = child->pidfd, .events = POLLIN};
  siginfo_t info = {0};
  long result;

  if (child->pidfd >= 0) return poll(&pidfd, 1, 0) > 0;
  result = launch__sys(SYS_waitid, P_PID, child->pid, &info, WEXITED | WNOHANG | WNOWAIT | __WALL, NULL);
  return result == -ECHILD || (result == 0 && info.si_pid != 0);
}

static int64_t now(void) {
  struct timespec time = {0};

  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

bool launch__await_exec(struct launch__running *running, int reader, const struct launch_child *child,
                        int milliseconds) {
  const int64_t deadline = now() + milliseconds;
  int look = FIRST_LOOK_MS;

  while (!has_ended(running, reader)) {
    if (now() >= deadline) return false;
    sleep_on(running, reader, look);
    if (reader < 0 && !has_ended(running, reader) && is_dead(child)) return true;
    if (look < LAST_LOOK_MS) look *= 2;
  }
  return true;
}
