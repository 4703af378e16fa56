/*
 * probe: says in JSON what a freshly started program was given.
 *
 *   probe [--out PATH | --fd N] [--hold]
 *
 * --out  writes the report to PATH, which is opened after the descriptors were counted, and appears complete or not
 *        at all
 * --fd   writes it to descriptor N instead of 1
 * --hold stays alive until killed
 *
 * Linked statically, so that no loader opens or closes anything before main().
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

enum {
  HIGHEST_FD = 32767,
  SIGNALS = 64,
  MAX_GROUPS = 256,
};

struct kernel_sigaction {
  uintptr_t handler;
  unsigned long flags;
  uintptr_t restorer;
  uint64_t mask;
};

static const char *const resource_names[] = {
    [RLIMIT_CPU] = "cpu",           [RLIMIT_FSIZE] = "fsize",
    [RLIMIT_DATA] = "data",         [RLIMIT_STACK] = "stack",
    [RLIMIT_CORE] = "core",         [RLIMIT_RSS] = "rss",
    [RLIMIT_NPROC] = "nproc",       [RLIMIT_NOFILE] = "nofile",
    [RLIMIT_MEMLOCK] = "memlock",   [RLIMIT_AS] = "as",
    [RLIMIT_LOCKS] = "locks",       [RLIMIT_SIGPENDING] = "sigpending",
    [RLIMIT_MSGQUEUE] = "msgqueue", [RLIMIT_NICE] = "nice",
    [RLIMIT_RTPRIO] = "rtprio",     [RLIMIT_RTTIME] = "rttime",
};

static void die(const char *what) {
  fprintf(stderr, "probe: %s: %s\n", what, strerror(errno));
  exit(120);
}

static void print_string(FILE *out, const char *string) {
  fputc('"', out);
  for (const unsigned char *c = (const unsigned char *)string; *c != '\0'; c++) {
    if (*c == '"' || *c == '\\') {
      fprintf(out, "\\%c", *c);
    } else if (*c < 0x20) {
      fprintf(out, "\\u%04x", *c);
    } else {
      fputc(*c, out);
    }
  }
  fputc('"', out);
}

static void print_strings(FILE *out, const char *key, char *const *strings) {
  fprintf(out, "\"%s\":[", key);
  for (size_t i = 0; strings[i] != NULL; i++) {
    if (i > 0) fputc(',', out);
    print_string(out, strings[i]);
  }
  fputs("],", out);
}

/* ---- descriptors ------------------------------------------------------------------------------------------------ */

static const char *file_type(mode_t mode) {
  switch (mode & S_IFMT) {
  case S_IFREG:
    return "file";
  case S_IFDIR:
    return "directory";
  case S_IFCHR:
    return "character";
  case S_IFIFO:
    return "pipe";
  case S_IFSOCK:
    return "socket";
  default:
    return "other";
  }
}

static void print_fd(FILE *out, int fd, int fd_flags) {
  struct stat status;
  if (fstat(fd, &status) != 0) die("fstat");

  char link[64];
  char target[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, target, sizeof target - 1);

  fprintf(
      out,
      "{\"fd\":%d,\"type\":\"%s\",\"inode\":%llu,\"device\":%llu,\"flags\":%d,\"cloexec\":%s,\"target\":", fd,
      file_type(status.st_mode), (unsigned long long)status.st_ino, (unsigned long long)status.st_rdev,
      fcntl(fd, F_GETFL), (fd_flags & FD_CLOEXEC) != 0 ? "true" : "false");
  if (length < 0) {
    fputs("null}", out);
  } else {
    target[length] = '\0';
    print_string(out, target);
    fputc('}', out);
  }
}

/* Asks for each number: what /proc would hide cannot hide from this. */
static void print_fds_by_number(FILE *out) {
  bool first = true;
  fputs("\"fds\":[", out);
  for (int fd = 0; fd <= HIGHEST_FD; fd++) {
    int fd_flags = fcntl(fd, F_GETFD);
    if (fd_flags < 0) continue;
    if (!first) fputc(',', out);
    first = false;
    print_fd(out, fd, fd_flags);
  }
  fputs("],", out);
}

/* Sees what no loop would reach, such as a number above every limit. */
static void print_fds_by_proc(FILE *out) {
  DIR *directory = opendir("/proc/self/fd");
  if (directory == NULL) {
    fputs("\"procFds\":null,", out);
    return;
  }
  bool first = true;
  fputs("\"procFds\":[", out);
  for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    if (entry->d_name[0] == '.' || atoi(entry->d_name) == dirfd(directory)) continue;
    fprintf(out, first ? "%s" : ",%s", entry->d_name);
    first = false;
  }
  fputs("],", out);
  closedir(directory);
}

/* ---- signals ---------------------------------------------------------------------------------------------------- */

static void print_signals(FILE *out, const char *key, uint64_t set) {
  bool first = true;
  fprintf(out, "\"%s\":[", key);
  for (int signal = 1; signal <= SIGNALS; signal++) {
    if ((set >> (signal - 1) & 1) == 0) continue;
    fprintf(out, first ? "%d" : ",%d", signal);
    first = false;
  }
  fputs("],", out);
}

/* Raw calls: the C library hides the signals it uses itself. */
static void print_signal_state(FILE *out) {
  uint64_t blocked = 0;
  uint64_t ignored = 0;
  uint64_t caught = 0;
  if (syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &blocked, sizeof blocked) != 0) die("rt_sigprocmask");
  for (int signal = 1; signal <= SIGNALS; signal++) {
    struct kernel_sigaction action;
    if (syscall(SYS_rt_sigaction, signal, NULL, &action, sizeof blocked) != 0) die("rt_sigaction");
    if (action.handler == (uintptr_t)SIG_IGN) ignored |= UINT64_C(1) << (signal - 1);
    if (action.handler > (uintptr_t)SIG_IGN) caught |= UINT64_C(1) << (signal - 1);
  }
  print_signals(out, "blocked", blocked);
  print_signals(out, "ignored", ignored);
  print_signals(out, "caught", caught);
}

/* ---- the rest --------------------------------------------------------------------------------------------------- */

/* -1 without /proc. */
static long status_number(const char *field) {
  FILE *status = fopen("/proc/self/status", "re");
  if (status == NULL) return -1;
  char line[512];
  long number = -1;
  size_t length = strlen(field);
  while (number < 0 && fgets(line, sizeof line, status) != NULL) {
    if (strncmp(line, field, length) == 0 && line[length] == ':')
      number = strtol(line + length + 1, NULL, 10);
  }
  fclose(status);
  return number;
}

/* A whole small file of /proc, or null. */
static void print_file(FILE *out, const char *name, const char *path) {
  char text[PATH_MAX];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  if (fd >= 0) close(fd);
  fprintf(out, "\"%s\":", name);
  if (length < 0) {
    fputs("null,", out);
    return;
  }
  text[length] = '\0';
  print_string(out, text);
  fputc(',', out);
}

static void print_attributes(FILE *out) {
  int death_signal = -1;
  prctl(PR_GET_PDEATHSIG, &death_signal);
  fprintf(out, "\"nice\":%d,\"deathSignal\":%d,", getpriority(PRIO_PROCESS, 0), death_signal);
  print_file(out, "oomScoreAdj", "/proc/self/oom_score_adj");
  print_file(out, "cgroup", "/proc/self/cgroup");
}

static void print_limit(FILE *out, rlim_t limit) {
  if (limit == RLIM_INFINITY) {
    fputs("\"unlimited\"", out);
  } else {
    fprintf(out, "\"%llu\"", (unsigned long long)limit);
  }
}

static void print_limits(FILE *out, const struct rlimit *limits, size_t count) {
  fputs("\"rlimits\":{", out);
  for (size_t i = 0; i < count; i++) {
    fprintf(out, i == 0 ? "\"%s\":{\"soft\":" : ",\"%s\":{\"soft\":", resource_names[i]);
    print_limit(out, limits[i].rlim_cur);
    fputs(",\"hard\":", out);
    print_limit(out, limits[i].rlim_max);
    fputc('}', out);
  }
  fputs("},", out);
}

static void print_ids(FILE *out) {
  uid_t real_uid, effective_uid, saved_uid;
  gid_t real_gid, effective_gid, saved_gid;
  gid_t groups[MAX_GROUPS];
  if (getresuid(&real_uid, &effective_uid, &saved_uid) != 0) die("getresuid");
  if (getresgid(&real_gid, &effective_gid, &saved_gid) != 0) die("getresgid");
  int count = getgroups(MAX_GROUPS, groups);
  if (count < 0) die("getgroups");

  fprintf(out, "\"uid\":[%u,%u,%u],\"gid\":[%u,%u,%u],\"groups\":[", real_uid, effective_uid, saved_uid,
          real_gid, effective_gid, saved_gid);
  for (int i = 0; i < count; i++)
    fprintf(out, i == 0 ? "%u" : ",%u", groups[i]);
  fputs("],", out);
}

static void print_working_directory(FILE *out) {
  char path[PATH_MAX];
  fputs("\"cwd\":", out);
  print_string(out, getcwd(path, sizeof path) != NULL ? path : "");
  fputc(',', out);
}

static void read_limits(struct rlimit *limits, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (getrlimit((int)i, &limits[i]) != 0) die("getrlimit");
  }
}

static char *report(char **argv, size_t *ret_length) {
  enum { RESOURCES = sizeof resource_names / sizeof *resource_names };
  struct rlimit limits[RESOURCES];
  read_limits(limits, RESOURCES);
  mode_t mask = umask(0);
  umask(mask);

  char *text;
  FILE *out = open_memstream(&text, ret_length);
  if (out == NULL) die("open_memstream");
  fputc('{', out);
  print_fds_by_number(out);
  print_fds_by_proc(out);
  print_signal_state(out);
  print_limits(out, limits, RESOURCES);
  print_ids(out);
  print_attributes(out);
  print_working_directory(out);
  print_strings(out, "argv", argv);
  print_strings(out, "env", environ);
  fprintf(out, "\"fdSize\":%ld,\"threads\":%ld,\"umask\":%u,\"pid\":%d,\"ppid\":%d,\"pgid\":%d,\"sid\":%d,",
          status_number("FDSize"), status_number("Threads"), mask, getpid(), getppid(), getpgrp(), getsid(0));
  fprintf(out, "\"dumpable\":%d,\"noNewPrivileges\":%d}\n", prctl(PR_GET_DUMPABLE),
          prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  if (fclose(out) != 0) die("fclose");
  return text;
}

static void write_all(int fd, const char *text, size_t length) {
  while (length > 0) {
    ssize_t written = write(fd, text, length);
    if (written < 0) die("write");
    text += written;
    length -= (size_t)written;
  }
}

/* By rename: a reader that polls for the file never sees half of it. */
static void write_file(const char *path, const char *text, size_t length) {
  char draft[PATH_MAX];
  snprintf(draft, sizeof draft, "%s.%d", path, getpid());
  int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) die(draft);
  write_all(fd, text, length);
  close(fd);
  if (rename(draft, path) != 0) die(path);
}

int main(int argc, char **argv) {
  const char *path = NULL;
  int fd = STDOUT_FILENO;
  bool hold = false;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--out") == 0 && i + 1 < argc) path = argv[++i];
    if (strcmp(argv[i], "--fd") == 0 && i + 1 < argc) fd = atoi(argv[++i]);
    if (strcmp(argv[i], "--hold") == 0) hold = true;
  }

  size_t length;
  char *text = report(argv, &length);
  if (path != NULL) {
    write_file(path, text, length);
  } else {
    write_all(fd, text, length);
  }
  free(text);
  while (hold)
    pause();
  return 0;
}
