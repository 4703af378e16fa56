/*
 * job ROUNDS COMMAND...: runs a job as an interactive shell does, and stops and continues it at random moments. Says what
 * did not stop or did not go on; prints "ROUNDS stops" when all did.
 */
#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000 };

static pid_t job;

static long milliseconds(void) {
  struct timespec now;

  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static _Noreturn void fail(const char *what, int round) {
  printf("%s in round %d\n", what, round);
  kill(-job, SIGKILL);
  exit(1);
}

#define EVENTUALLY(condition, what, round)                                                                   \
  do {                                                                                                       \
    long deadline = milliseconds() + PATIENCE_MS;                                                            \
    while (!(condition)) {                                                                                   \
      if (milliseconds() > deadline) fail(what, round);                                                      \
      usleep(200);                                                                                           \
    }                                                                                                        \
  } while (0)

/* State of a member of the job, or 0 for any other process. */
static char state_in_job(const char *pid) {
  char path[300], text[512] = "", state;
  int group;
  FILE *file;

  snprintf(path, sizeof path, "/proc/%s/stat", pid);
  if ((file = fopen(path, "r")) == NULL) return 0;
  if (fgets(text, sizeof text, file) == NULL) text[0] = '\0';
  fclose(file);
  const char *end = strrchr(text, ')');
  return end != NULL && sscanf(end, ") %c %*d %d", &state, &group) == 2 && group == job ? state : 0;
}

/* Zombies don't count. */
static int count(bool stopped) {
  DIR *proc = opendir("/proc");
  int found = 0;

  for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
    char state = isdigit((unsigned char)entry->d_name[0]) ? state_in_job(entry->d_name) : 0;
    if (state != 0 && state != 'Z' && state != 'X') found += (state == 'T') == stopped;
  }
  closedir(proc);
  return found;
}

static bool is_reported(int flag) {
  int status;

  return waitpid(job, &status, flag | WNOHANG) == job &&
         (flag == WUNTRACED ? WIFSTOPPED(status) : WIFCONTINUED(status));
}

/* The pause moves the signal over all moments of a launch. */
static void stop_and_continue(int round) {
  usleep((useconds_t)(rand() % 4000));
  kill(-job, SIGTSTP);
  EVENTUALLY(is_reported(WUNTRACED), "the shell is not told of the stop", round);
  EVENTUALLY(count(false) == 0, "a process of the job runs on while it is stopped", round);
  kill(-job, SIGCONT);
  EVENTUALLY(is_reported(WCONTINUED), "the shell is not told that the job continues", round);
  EVENTUALLY(count(true) == 0, "a process of the job stays stopped", round);
}

int main(int argc, char **argv) {
  int rounds = argc > 2 ? atoi(argv[1]) : 0;

  prctl(PR_SET_CHILD_SUBREAPER, 1);
  job = fork();
  if (job == 0) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execvp(argv[2], argv + 2);
    _exit(127);
  }
  setpgid(job, job);
  for (int round = 0; round < rounds; round++)
    stop_and_continue(round);
  printf("%d stops\n", rounds);
  kill(-job, SIGKILL);
  return 0;
}
