/*
 * probe.h: what the program `probe` says of itself. It writes this structure as it is; the reader is the test that
 * was built with it.
 *
 *   probe REPORT [HIGHEST [THEN]]
 *
 * REPORT is a file that exists ("-": none); it is opened after everything was looked at, so it is not in the report.
 * HIGHEST is the last descriptor number asked about, 32767 by default. THEN is what comes next: "exit" or a number
 * to exit with, "pause" for ever, "cat": read descriptor 0 to its end.
 */
#ifndef TEST_CORE_PROBE_H
#define TEST_CORE_PROBE_H

#include <stdint.h>

enum { PROBE_HIGHEST = 32767, PROBE_FDS = 512, PROBE_TEXT = 8192, PROBE_GROUPS = 32, PROBE_LIMITS = 16 };

struct probe_fd {
  int32_t number;
  int32_t fd_flags;     /* F_GETFD */
  int32_t status_flags; /* F_GETFL */
  uint32_t mode;
  uint64_t device;
  uint64_t inode;
  uint64_t special; /* st_rdev */
};

struct probe_report {
  int32_t pid, ppid, session, group;
  uint32_t uids[3], gids[3]; /* real, effective, saved */
  int32_t group_count;
  uint32_t groups[PROBE_GROUPS];
  uint64_t blocked, ignored, caught; /* bit n-1 for signal n */
  int32_t fd_size;                   /* FDSize in /proc/self/status; 0 without /proc */
  uint32_t umask;
  int32_t nice, no_new_privileges, death_signal;
  int32_t oom_score_adj; /* INT32_MIN without /proc */
  uint64_t soft[PROBE_LIMITS], hard[PROBE_LIMITS];
  int32_t listed_count; /* in /proc/self/fd, without that of the listing; -1 if there is none */
  int32_t fd_count;     /* asked for one by one, without /proc */
  struct probe_fd fds[PROBE_FDS];
  int32_t argc, envc;
  char text[PROBE_TEXT]; /* arguments, then environment, each with its NUL; cut off at the end */
  char cwd[1024];
  int32_t complete; /* 1; written last */
};

#endif
