/* idle.c: does nothing until it is killed, or until the process that started it has ended. */
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(void) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  pause();
  return 0;
}
