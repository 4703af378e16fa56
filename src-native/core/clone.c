#include <sched.h>
#include <signal.h>
#include <sys/mman.h>

#include "internal.h"

/*
 * The child never runs on its parent's stack. 64 KiB hold a path buffer, a message of 253 descriptors and the
 * frames of a sanitizer several times over; the guard page below turns an overflow into a fault instead of
 * damage to the parent.
 */
enum { GUARD_SIZE = 64 * 1024, STACK_SIZE = 64 * 1024 }; /* multiples of every page size of Linux */

int launch__stack_open(char **ret_stack) {
  char *memory = mmap(NULL, GUARD_SIZE + STACK_SIZE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

  if (memory == MAP_FAILED) return -errno;
  if (mprotect(memory, GUARD_SIZE, PROT_NONE) != 0) {
    int error = -errno;
    (void)munmap(memory, GUARD_SIZE + STACK_SIZE);
    return error;
  }
  *ret_stack = memory;
  return 0;
}

void launch__stack_close(char *stack) {
  (void)munmap(stack, GUARD_SIZE + STACK_SIZE);
}

/*
 * Also those that libc keeps to itself (its sigfillset leaves 32 to 34 open): until the child has reset the
 * handlers, one of them would run in the child, on memory of the parent. It also makes another thread's
 * setuid(), which libc broadcasts by such a signal, wait until the launch is over.
 */
uint64_t launch__block_signals(void) {
  uint64_t all = UINT64_MAX, old = 0;

  (void)launch__sys(SYS_rt_sigprocmask, SIG_SETMASK, &all, &old, sizeof all);
  return old;
}

void launch__restore_signals(uint64_t old) {
  (void)launch__sys(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, sizeof old);
}

long launch__clone(char *stack, unsigned long flags, int (*entry)(void *), void *argument, int *ret_pidfd) {
  int pid = clone(entry, stack + GUARD_SIZE + STACK_SIZE, (int)flags, argument, ret_pidfd);

  return pid < 0 ? -(long)errno : pid;
}
