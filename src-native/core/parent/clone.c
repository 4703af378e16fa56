#include <sched.h>
#include <signal.h>
#include <sys/mman.h>

#include "parent.h"

/*
 * The child never runs on its parent's stack. 64 KiB are several times what a path buffer, a message of 253 descriptors and the
 * frames of a sanitizer need. The guard below turns an overflow into a fault instead of damage to the parent.
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
 * Blocks libc's internal signals too (sigfillset() leaves 32 to 34 open). Until the child has reset the handlers, such a handler
 * would run in the child, on memory of the parent. Another thread's setuid(), which libc broadcasts by such a signal, waits
 * until the launch is over.
 */
uint64_t launch__block_signals(void) {
  uint64_t all = UINT64_MAX, old = 0;

  (void)launch__sys(SYS_rt_sigprocmask, SIG_SETMASK, &all, &old, sizeof all);
  return old;
}

void launch__restore_signals(uint64_t old) {
  (void)launch__sys(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, sizeof old);
}

/* ---- clone3(2): libc has no wrapper that gives the child a stack of its own -------------------- */

struct clone_args { /* Linux 5.7 */
  uint64_t flags;
  uint64_t pidfd;
  uint64_t child_tid;
  uint64_t parent_tid;
  uint64_t exit_signal;
  uint64_t stack;
  uint64_t stack_size;
  uint64_t tls;
  uint64_t set_tid;
  uint64_t set_tid_size;
  uint64_t cgroup;
};

#ifndef CLONE_INTO_CGROUP
#  define CLONE_INTO_CGROUP 0x200000000ULL
#endif

/* The child returns from the call on an empty stack. It calls `entry` here, and never reaches the function's end. */
static long call_clone3(const struct clone_args *args, int (*entry)(void *), void *argument) {
#if defined(__x86_64__)
  register int (*in_entry)(void *) __asm__("r8") = entry;
  register void *in_argument __asm__("r9") = argument;
  long result;

  __asm__ volatile("syscall\n\t"
                   "testq %%rax, %%rax\n\t"
                   "jnz 1f\n\t"
                   "xorl %%ebp, %%ebp\n\t"
                   "movq %%r9, %%rdi\n\t"
                   "call *%%r8\n\t"
                   "movl %%eax, %%edi\n\t"
                   "movl %[exit], %%eax\n\t"
                   "syscall\n\t"
                   "hlt\n"
                   "1:"
                   : "=a"(result)
                   : "a"(SYS_clone3), "D"(args), "S"(sizeof *args), "r"(in_entry),
                     "r"(in_argument), [exit] "i"(SYS_exit)
                   : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long result __asm__("x0") = (long)args;
  register unsigned long size __asm__("x1") = sizeof *args;
  register long number __asm__("x8") = SYS_clone3;
  register int (*in_entry)(void *) __asm__("x10") = entry;
  register void *in_argument __asm__("x11") = argument;

  __asm__ volatile("svc #0\n\t"
                   "cbnz x0, 1f\n\t"
                   "mov x29, xzr\n\t"
                   "mov x30, xzr\n\t"
                   "mov x0, x11\n\t"
                   "blr x10\n\t"
                   "mov x8, %[exit]\n\t"
                   "svc #0\n\t"
                   "brk #0\n"
                   "1:"
                   : "+r"(result)
                   : "r"(size), "r"(number), "r"(in_entry), "r"(in_argument), [exit] "i"(SYS_exit)
                   : "memory");
  return result;
#else
  (void)args, (void)entry, (void)argument;
  return -ENOSYS;
#endif
}

static long clone_as_new_kernels(char *stack, const struct launch__clone *request) {
  struct clone_args args = {
      .flags = request->flags & ~(unsigned long)CSIGNAL,
      .exit_signal = request->flags & CSIGNAL,
      .pidfd = (uintptr_t)request->ret_pidfd,
      .stack = (uintptr_t)(stack + GUARD_SIZE),
      .stack_size = STACK_SIZE,
  };

  if (request->cgroup >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = (uint64_t)request->cgroup;
  }
  return call_clone3(&args, request->entry, request->argument);
}

/* ------------------------------------------------------------------------------------------------ */

long launch__clone(char *stack, const struct launch__clone *request) {
  int pid;

  if (request->cgroup >= 0 || request->flags > UINT32_MAX) return clone_as_new_kernels(stack, request);
  pid = clone(request->entry, stack + GUARD_SIZE + STACK_SIZE, (int)request->flags, request->argument,
              request->ret_pidfd);
  return pid < 0 ? -(long)errno : pid;
}

/*
 * libc's fork() runs the handlers of pthread_atfork(3) and leaves malloc usable, so the functions of a tool may do in the
 * child what they do elsewhere. The pidfd belongs to the child, since the child is not reaped yet.
 */
long launch__fork_by_libc(const struct launch__clone *request) {
  pid_t pid = fork();

  if (pid == 0) (void)request->entry(request->argument);
  if (pid < 0) return -(long)errno;
  if ((request->flags & CLONE_PIDFD) != 0) {
    long pidfd = launch__sys(SYS_pidfd_open, pid, 0);
    *request->ret_pidfd = pidfd < 0 ? -1 : (int)pidfd;
  }
  return pid;
}
