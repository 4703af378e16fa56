/* A program that reports on the process it finds itself in. See probe.h. */
#include "probe.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct probe_report report;

static void look_at_descriptors(int highest) {
  for (int number = 0; number <= highest; number++) {
    const int fd_flags = fcntl(number, F_GETFD);
    if (fd_flags < 0) continue;
    struct stat status = {0};
    fstat(number, &status);
    if (report.fd_count < PROBE_FDS) {
      report.fds[report.fd_count] = (struct probe_fd){.number = number,
                                                      .fd_flags = fd_flags,
                                                      .status_flags = fcntl(number, F_GETFL),
                                                      .mode = status.st_mode,
                                                      .device = status.st_dev,
                                                      .inode = status.st_ino,
                                                      .special = status.st_rdev};
    }
    report.fd_count++;
  }
}

struct directory_entry {
  uint64_t inode;
  int64_t offset;
  uint16_t length;
  uint8_t type;
  char name[];
};

/* Raw, because opendir() allocates and asks for more than a small RLIMIT_AS allows. */
static void list_descriptors(void) {
  static _Alignas(8) char buffer[32768];
  report.listed_count = -1;
  const int directory = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;
  int count = 0;
  for (long length; (length = syscall(SYS_getdents64, directory, buffer, sizeof buffer)) > 0;) {
    for (long at = 0; at < length; at += ((struct directory_entry *)(void *)(buffer + at))->length)
      if (((struct directory_entry *)(void *)(buffer + at))->name[0] != '.') count++;
  }
  close(directory);
  report.listed_count = count - 1;
}

static void read_oom_score_adj(void) {
  char text[16] = {0};
  report.oom_score_adj = INT32_MIN;
  const int file = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  if (read(file, text, sizeof text - 1) > 0) report.oom_score_adj = atoi(text);
  close(file);
}

static void read_fd_size(void) {
  static char text[8192];
  const int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  const ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  const char *line = length > 0 ? strstr(text, "FDSize:") : NULL;
  if (line != NULL) report.fd_size = atoi(line + strlen("FDSize:"));
}

/* As the kernel has it: libc hides its own signals. */
struct kernel_action {
  void (*handler)(int);
  unsigned long flags;
  void (*restorer)(void);
  uint64_t mask;
};

static void look_at_signals(void) {
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &report.blocked, sizeof report.blocked);
  for (int number = 1; number <= 64; number++) {
    struct kernel_action action = {0};
    syscall(SYS_rt_sigaction, number, NULL, &action, sizeof action.mask);
    const uint64_t bit = UINT64_C(1) << (number - 1);
    if (action.handler == SIG_IGN)
      report.ignored |= bit;
    else if (action.handler != SIG_DFL)
      report.caught |= bit;
  }
}

static void look_at_ids(void) {
  report.pid = getpid();
  report.ppid = getppid();
  report.session = getsid(0);
  report.group = getpgid(0);
  getresuid(&report.uids[0], &report.uids[1], &report.uids[2]);
  getresgid(&report.gids[0], &report.gids[1], &report.gids[2]);
  report.group_count = getgroups(PROBE_GROUPS, report.groups);
}

static void look_at_process_flags(void) {
  report.nice = getpriority(PRIO_PROCESS, 0);
  report.no_new_privileges = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
  prctl(PR_GET_PDEATHSIG, &report.death_signal, 0, 0, 0);
}

static void look_at_limits(void) {
  for (int resource = 0; resource < PROBE_LIMITS; resource++) {
    struct rlimit limit = {0};
    getrlimit(resource, &limit);
    report.soft[resource] = limit.rlim_cur;
    report.hard[resource] = limit.rlim_max;
  }
}

static size_t append_strings(size_t used, char **strings, int32_t *count) {
  for (; *strings != NULL; strings++, ++*count) {
    const size_t size = strlen(*strings) + 1;
    if (used + size > PROBE_TEXT) continue;
    memcpy(report.text + used, *strings, size);
    used += size;
  }
  return used;
}

static void look_at_strings(char **argv, char **envp) {
  append_strings(append_strings(0, argv, &report.argc), envp, &report.envc);
}

static void look_at_everything(int highest, char **argv, char **envp) {
  look_at_descriptors(highest);
  list_descriptors();
  read_fd_size();
  read_oom_score_adj();
  look_at_process_flags();
  look_at_signals();
  look_at_ids();
  look_at_limits();
  look_at_strings(argv, envp);
  report.umask = umask(0);
  umask((mode_t)report.umask);
  if (getcwd(report.cwd, sizeof report.cwd) == NULL) report.cwd[0] = '\0';
  report.complete = 1;
}

/* A small RLIMIT_NOFILE may leave no number for the report: then one of 0-2 has to go. */
static int open_report(const char *path) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file >= 0) return file;
  close(0);
  return open(path, O_WRONLY | O_CLOEXEC);
}

static int write_report(const char *path) {
  if (strcmp(path, "-") == 0) return 0;
  const int file = open_report(path);
  if (file < 0) return 121;
  const ssize_t written = write(file, &report, sizeof report);
  close(file);
  return written == sizeof report ? 0 : 122;
}

static int then(const char *what) {
  char buffer[256];
  if (strcmp(what, "exit") == 0) return 0;
  while (strcmp(what, "pause") == 0)
    pause();
  if (strcmp(what, "cat") != 0) return atoi(what);
  while (read(0, buffer, sizeof buffer) > 0)
    continue;
  return 0;
}

int main(int argc, char **argv, char **envp) {
  if (argc < 2) return 120;
  look_at_everything(argc > 2 ? atoi(argv[2]) : PROBE_HIGHEST, argv, envp);
  const int failure = write_report(argv[1]);
  return failure != 0 ? failure : then(argc > 3 ? argv[3] : "exit");
}
