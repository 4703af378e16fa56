#include <signal.h>

#include "../internal.h"

enum { LAST_STANDARD_SIGNAL = 31 };

const int launch__stop_signals[LAUNCH__STOP_SIGNALS] = {SIGTSTP, SIGTTIN, SIGTTOU};

static bool has_handler(int signal) {
  struct launch__kernel_sigaction now = {0};

  return launch__sys(SYS_rt_sigaction, signal, NULL, &now, sizeof now.mask) == 0 && now.handler != SIG_DFL &&
         now.handler != SIG_IGN;
}

/*
 * As libuv does, 1 to 31 go to their default, ignored ones too. The others are left ignored where they are,
 * but no signal keeps a function: it would run in the child on the parent's memory. Where the kernel has seen to the
 * functions, there is nothing to do for the others.
 */
int launch__reset_signals(struct launch__run *run) {
  static const struct launch__kernel_sigaction default_action = {.handler = SIG_DFL};
  const int last = run->way.handlers_reset ? LAST_STANDARD_SIGNAL : LAUNCH__SIGNAL_MAX;

  for (int signal = 1; signal <= last; signal++) {
    if (signal == SIGKILL || signal == SIGSTOP) continue;
    if (signal > LAST_STANDARD_SIGNAL && !has_handler(signal)) continue;
    long result = launch__sys(SYS_rt_sigaction, signal, &default_action, NULL, sizeof default_action.mask);
    if (result != 0) return (int)result;
  }
#ifdef LAUNCH_TEST_GATES
  launch__gate(run->report, LAUNCH_GATE_UNSHARE);
#endif
  return 0;
}

static void drop_pending(int signal) {
  static const struct launch__kernel_sigaction ignore = {.handler = SIG_IGN}, standard = {.handler = SIG_DFL};

  (void)launch__sys(SYS_rt_sigaction, signal, &ignore, NULL, sizeof ignore.mask);
  (void)launch__sys(SYS_rt_sigaction, signal, &standard, NULL, sizeof standard.mask);
}

/*
 * A terminal's stop signal that is pending now would stop the child before execve(2), and the parent waits
 * for that: its whole thread, which could not even stop itself. The parent gets it back and sends it again
 * afterwards.
 */
static void hand_back_stops(struct launch__report *report) {
  uint64_t pending = 0;

  (void)launch__sys(SYS_rt_sigpending, &pending, sizeof pending);
  for (size_t i = 0; i < LAUNCH__STOP_SIGNALS; i++) {
    uint64_t bit = UINT64_C(1) << (launch__stop_signals[i] - 1);
    if ((pending & bit) == 0) continue;
    drop_pending(launch__stop_signals[i]);
    report->stops |= bit;
  }
}

int launch__unmask_signals(struct launch__run *run) {
  uint64_t none = 0;

#ifdef LAUNCH_TEST_GATES
  launch__gate(run->report, LAUNCH_GATE_UNMASK);
#endif
  hand_back_stops(run->report);
  return (int)launch__sys(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none);
}
