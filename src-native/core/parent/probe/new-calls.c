#include <sched.h>
#include <signal.h>
#include <sys/mman.h>

#include "probe.h"

enum new_call { CLONE3, PIDFD_SEND_SIGNAL, CLOSE_RANGE_UNSHARING, NEW_CALLS };

/* In memory that is shared with the child, even if the rest is copied. */
struct new_calls {
  _Atomic int current;    /* enum new_call; NEW_CALLS: the child has tried all */
  bool deadly[NEW_CALLS]; /* a filter kills for this call, so it is not tried again */
  _Atomic int errors[NEW_CALLS];
  char *stack;  /* of the grandchild */
  int probe_fd; /* any open descriptor */
};

/* A kernel that has the two calls below answers these arguments by EINVAL and EBADF. */

static int try_clone3(struct new_calls *calls) {
  (void)calls;
  return launch__sys(SYS_clone3, NULL, 0) == -EINVAL ? 0 : -ENOSYS;
}

static int try_pidfd_send_signal(struct new_calls *calls) {
  (void)calls;
  return launch__sys(SYS_pidfd_send_signal, -1, 0, NULL, 0) == -EBADF ? 0 : -ENOSYS;
}

static int try_unsharing(struct new_calls *calls) {
  return launch__try_unsharing(calls->stack, calls->probe_fd);
}

static int try_new_calls(void *argument) {
  static int (*const tries[NEW_CALLS])(struct new_calls *) = {
      [CLONE3] = try_clone3,
      [PIDFD_SEND_SIGNAL] = try_pidfd_send_signal,
      [CLOSE_RANGE_UNSHARING] = try_unsharing,
  };
  struct new_calls *calls = argument;

  for (int call = 0; call < NEW_CALLS; call++) {
    calls->current = call;
    calls->errors[call] = calls->deadly[call] ? -ECANCELED : tries[call](calls);
  }
  calls->current = NEW_CALLS;
  return 0;
}

/*
 * Repeats the child without the call for which a filter has killed it. -EINTR: another signal has killed the child, whose
 * grandchild may run on for a moment. A copy of 2 GB of memory takes 40 ms.
 */
static int try_in_child(struct launch_context *context, struct new_calls *calls) {
  unsigned long flags = launch__deaths_kill_sharers() ? CLONE_VFORK : CLONE_VM | CLONE_VFORK;

  for (;;) {
    long pid = launch__clone_probe(context, flags, try_new_calls, calls);
    if (pid < 0) return (int)pid;
    int signal = launch__reap((pid_t)pid);
    if (calls->current == NEW_CALLS) return 0;
    if (signal != SIGSYS || calls->deadly[calls->current]) return -EINTR;
    calls->deadly[calls->current] = true;
  }
}

int launch__probe_new_calls(struct launch_context *context, struct launch__method *method) {
  struct new_calls *calls =
      mmap(NULL, sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int error;

  if (calls == MAP_FAILED) return -errno;
  calls->probe_fd = context->channel.receiver;
  if ((error = launch__stack_open(&calls->stack)) != 0) goto no_stack;
  error = try_in_child(context, calls);
  if (error == -EINTR) return -EAGAIN; /* the grandchild keeps its memory */
  if (error == 0) {
    method->handlers_reset = calls->errors[CLONE3] == 0;
    method->signal_by_pid = calls->deadly[PIDFD_SEND_SIGNAL];
    error = calls->errors[CLOSE_RANGE_UNSHARING];
  }
  launch__stack_close(calls->stack);
no_stack:
  (void)munmap(calls, sizeof *calls);
  return error;
}
