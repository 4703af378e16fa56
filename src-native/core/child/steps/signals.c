#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <ucontext.h>

#include "../child.h"

enum { LAST_STANDARD_SIGNAL = 31 };

const int launch__stop_signals[LAUNCH__STOP_SIGNALS] = {SIGTSTP, SIGTTIN, SIGTTOU};

/*
 * ---- job control: a stop takes effect when the program runs -----------------------------------
 *
 * A child that stopped before execve(2) would hold the parent's thread, which waits for execve and so can't join the
 * stop of the job: the shell would wait forever. A child that forgot the signal would run on while its job is stopped.
 * The handler therefore arms a pair of sockets that execve closes, and the kernel then sends the signal again.
 */

static void close_stop_ends(struct launch__run *run) {
  for (int i = 0; i < 2; i++)
    (void)launch__sys(SYS_fcntl, run->stop_ends[i], F_SETFL, 0L);
  for (int i = 0; i < 2; i++) {
    (void)launch__sys(SYS_close, run->stop_ends[i]);
    run->stop_ends[i] = -1;
  }
}

/* Either end may be closed first, so each reports the closing of the other. */
static bool arm_stop_ends(const struct launch__run *run, int signal) {
  long self = launch__sys(SYS_getpid);

  for (int i = 0; i < 2; i++)
    if (launch__sys(SYS_fcntl, run->stop_ends[i], F_SETOWN, self) != 0 ||
        launch__sys(SYS_fcntl, run->stop_ends[i], F_SETSIG, (long)signal) != 0 ||
        launch__sys(SYS_fcntl, run->stop_ends[i], F_SETFL, (long)O_ASYNC) != 0)
      return false;
  return true;
}

/* One stop is enough: a second stop signal changes nothing. */
static bool stop_at_exec(struct launch__run *run, int signal) {
  if (run->stop_ends[0] >= 0) return true;
  if (launch__sys(SYS_socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, run->stop_ends) != 0) return false;
  if (arm_stop_ends(run, signal)) return true;
  close_stop_ends(run);
  return false;
}

/* SIGCONT cancels the stops before it, as it does for every process. */
static void forget_stops(struct launch__run *run) {
  if (run->stop_ends[0] >= 0) close_stop_ends(run);
  run->status->deferred_stops = 0;
}

/* If the pair can't be armed, the parent sends the signal after execve. */
static void on_job_control(int signal, siginfo_t *info, void *context) {
  struct launch__run *run = ((ucontext_t *)context)->uc_stack.ss_sp;

  (void)info;
  run->interrupted = true;
  if (signal == SIGCONT)
    forget_stops(run);
  else if (!stop_at_exec(run, signal))
    run->status->deferred_stops |= UINT64_C(1) << (signal - 1);
}

/*
 * The kernel passes this setting to every handler, and uses the stack for none that does not ask for it. If a filter refuses
 * the call, the handler could not find its run: the signals of job control then keep their default action.
 */
static bool show_run_to_handlers(struct launch__run *run) {
  enum { LARGER_THAN_ANY_MINIMUM = 32 * 1024 };
  const stack_t run_as_stack = {.ss_sp = run, .ss_size = LARGER_THAN_ANY_MINIMUM};

  return launch__sys(SYS_sigaltstack, &run_as_stack, NULL) == 0;
}

#ifdef __x86_64__
/* On x86-64 the kernel needs a function that returns from a handler. */
void launch__return_from_handler(void);
__asm__(".pushsection .text\n"
        ".hidden launch__return_from_handler\n"
        ".type launch__return_from_handler, @function\n"
        "launch__return_from_handler:\n\t"
        "movl $15, %eax\n\t" /* SYS_rt_sigreturn */
        "syscall\n\t"
        ".size launch__return_from_handler, . - launch__return_from_handler\n"
        ".popsection");
#  define SA_RESTORER_FLAG 0x04000000UL
#  define RESTORER         launch__return_from_handler
#else
#  define SA_RESTORER_FLAG 0UL
#  define RESTORER         NULL
#endif

static const struct launch__kernel_sigaction *initial_action(int signal, bool has_run) {
  static const struct launch__kernel_sigaction standard = {.handler = SIG_DFL};
  static const struct launch__kernel_sigaction job_control = {
      .handler = (void (*)(int))(void (*)(void))on_job_control,
      .flags = SA_SIGINFO | SA_RESTART | SA_RESTORER_FLAG,
      .restorer = RESTORER,
      .mask = UINT64_MAX,
  };

  if (!has_run) return &standard;
  if (signal == SIGCONT) return &job_control;
  for (size_t i = 0; i < LAUNCH__STOP_SIGNALS; i++)
    if (launch__stop_signals[i] == signal) return &job_control;
  return &standard;
}

/* ---------------------------------------------------------------------------------------------- */

static bool has_handler(int signal) {
  struct launch__kernel_sigaction now = {0};

  return launch__sys(SYS_rt_sigaction, signal, NULL, &now, sizeof now.mask) == 0 && now.handler != SIG_DFL &&
         now.handler != SIG_IGN;
}

/* libuv's child calls signal(3) for each. A tool that replaces it sees the call; the handlers for job control are set past it. */
static long reset(const struct launch__run *run, int signal, bool has_run) {
  const struct launch__kernel_sigaction *action = initial_action(signal, has_run);
  long result;

  if (run->method.syscalls == LAUNCH_SYSCALLS_LIBC && signal <= LAST_STANDARD_SIGNAL) {
    result = launch__by_libc(SYS_rt_sigaction, signal, 0, 0, 0, 0);
    if (result != 0 || action->handler == SIG_DFL) return result;
  }
  return launch__sys(SYS_rt_sigaction, signal, action, NULL, sizeof action->mask);
}

/*
 * Resets signals 1 to 31 to their default as libuv does, ignored ones too. SIGTSTP, SIGTTIN, SIGTTOU and SIGCONT get the
 * handler for job control instead, which execve(2) resets. Signals from 32 on stay ignored if they are. Their handlers are
 * removed, since a handler would run in the child on the parent's memory. If the kernel has already reset all handlers
 * (CLONE_CLEAR_SIGHAND), signals from 32 on need nothing.
 */
int launch__reset_signals(struct launch__run *run) {
  const int last = run->method.handlers_reset ? LAST_STANDARD_SIGNAL : LAUNCH__SIGNAL_MAX;
  const bool has_run = show_run_to_handlers(run);
  long result = 0;

  for (int signal = 1; result == 0 && signal <= last; signal++) {
    if (signal == SIGKILL || signal == SIGSTOP) continue;
    if (signal > LAST_STANDARD_SIGNAL && !has_handler(signal)) continue;
    result = reset(run, signal, has_run);
  }
#ifdef LAUNCH_TEST_HOOKS
  launch__test_hook(run->status, LAUNCH_TEST_HOOK_UNSHARE);
#endif
  return (int)result;
}

int launch__set_signal_mask(struct launch__run *run) {
  uint64_t none = 0;

#ifdef LAUNCH_TEST_HOOKS
  launch__test_hook(run->status, LAUNCH_TEST_HOOK_SIGNAL_MASK);
#endif
  return (int)launch__replaceable_sys(run, SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none);
}
