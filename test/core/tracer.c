#include "tracer.h"

#include <elf.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "seccomp.h"

static const long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE |
                            PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC;

static void clear_third_argument(struct user_regs_struct *registers, unsigned long bit) {
#if defined __x86_64__
  registers->rdx &= ~bit;
#else
  registers->regs[2] &= ~bit;
#endif
}

static void clear_unshare(pid_t pid) {
  struct user_regs_struct registers;
  struct iovec all = {&registers, sizeof registers};
  CHECKED(ptrace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &all));
  clear_third_argument(&registers, CLOSE_RANGE_UNSHARE_BIT);
  CHECKED(ptrace(PTRACE_SETREGSET, pid, (void *)NT_PRSTATUS, &all));
}

/* Events and the stop that a new process begins with are the tracer's alone. It may be killed meanwhile. */
static void resume(pid_t pid, int status) {
  const int event = status >> 16;
  const int signal = event != 0 || WSTOPSIG(status) == SIGSTOP ? 0 : WSTOPSIG(status);
  if (event == PTRACE_EVENT_SECCOMP) clear_unshare(pid);
  if (ptrace(PTRACE_CONT, pid, NULL, (void *)(long)signal) < 0) ASSERT_EQ(errno, ESRCH);
}

/* The first process and all that come of it, until it ends. */
static int trace(pid_t first) {
  int status;
  ASSERT_EQ(waitpid(first, &status, __WALL), first);
  if (!WIFSTOPPED(status)) return status;
  CHECKED(ptrace(PTRACE_SETOPTIONS, first, NULL, (void *)options));
  for (pid_t pid = first;; pid = CHECKED(waitpid(-1, &status, __WALL))) {
    if (WIFSTOPPED(status))
      resume(pid, status);
    else if (pid == first)
      return status;
  }
}

static void become_traced(void) {
  if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0) test_skip("nothing may be traced: %s", strerror(errno));
  CHECKED(raise(SIGSTOP));
  ASSERT_ZERO(seccomp_install((char *[]){"close_range:unshare=TRACE"}, 1));
  test_without_leak_check();
}

void in_fork_that_ignores_unshare(void (*body)(void *argument), void *argument) {
  const pid_t pid = CHECKED(fork());
  if (pid == 0) {
    become_traced();
    body(argument);
    test_pass();
  }
  expect_pass(trace(pid));
}
