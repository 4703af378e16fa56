#include <fcntl.h>

#include "child.h"

/* ---- by close_range(2): closes the gaps between the descriptors that stay --------------------- */

static int close_gap(const struct launch__run *run, unsigned first, unsigned end) {
  return first >= end ? 0 : (int)launch__replaceable_sys(run, SYS_close_range, first, end - 1, 0);
}

/* Closes all from `next` up to `fd`, which stays, and moves `next` behind it. */
static int close_up_to(const struct launch__run *run, unsigned *next, int fd) {
  int error = close_gap(run, *next, (unsigned)fd);

  *next = (unsigned)fd + 1;
  return error;
}

static int close_gaps(const struct launch__run *run) {
  bool running_end_passed = run->exec_status_writer < 0;
  unsigned next = 0;
  int error = 0;

  for (size_t i = 0; error == 0 && i < run->plan->fd_count; i++) {
    int target = run->plan->fds[i].target;
    if (!running_end_passed && run->exec_status_writer < target) {
      if ((error = close_up_to(run, &next, run->exec_status_writer)) != 0) return error;
      running_end_passed = true;
    }
    error = close_up_to(run, &next, target);
  }
  if (error == 0 && !running_end_passed) error = close_up_to(run, &next, run->exec_status_writer);
  return error != 0 ? error : (int)launch__replaceable_sys(run, SYS_close_range, next, ~0U, 0);
}

/* ---- by /proc: closes the listed descriptors, independent of any limit ------------------------ */

struct directory_entry { /* linux_dirent64 of getdents64(2) */
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

static bool stays(const struct launch__run *run, int fd) {
  return fd == run->exec_status_writer || launch__is_target(run->plan, fd);
}

static int open_listing(void) {
  return (int)launch__sys(SYS_openat, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
}

/* If the table is full, closes the first descriptor that does not stay, to make room for the directory. */
static int open_listing_in_full_table(const struct launch__run *run) {
  int fd = open_listing();

  for (int victim = 0; fd == -EMFILE && (uint64_t)victim <= run->nofile_hard; victim++)
    if (!stays(run, victim) && launch__sys(SYS_close, victim) == 0) fd = open_listing();
  return fd;
}

static int parse_number(const char *name) {
  int number = 0;

  if (*name < '0' || *name > '9') return -1;
  for (; *name != '\0'; name++)
    number = number * 10 + (*name - '0');
  return number;
}

/* Closes the descriptors that one pass lists; returns their number or a negative errno. */
static int close_listed(const struct launch__run *run, int listing) {
  _Alignas(struct directory_entry) char buffer[4096];
  long length;
  int closed = 0;

  (void)launch__sys(SYS_lseek, listing, 0L, SEEK_SET);
  while ((length = launch__sys(SYS_getdents64, listing, buffer, sizeof buffer)) > 0) {
    for (long at = 0; at < length;) {
      const struct directory_entry *entry = (const void *)(buffer + at);
      int fd = parse_number(entry->name);
      at += entry->length;
      if (fd < 0 || fd == listing || stays(run, fd)) continue;
      if (launch__sys(SYS_close, fd) != -EBADF) closed++;
    }
  }
  return length < 0 ? (int)length : closed;
}

/*
 * Repeats the passes until none closes a descriptor. Some emulations of /proc change the order while entries vanish, and some
 * list descriptors of the emulator.
 */
static int close_all_listed(const struct launch__run *run) {
  int listing = open_listing_in_full_table(run);
  int closed;

  if (listing < 0) return listing;
  if (!launch__is_proc(listing))
    closed = -ENOSYS;
  else
    do
      closed = close_listed(run, listing);
    while (closed > 0);
  (void)launch__sys(SYS_close, listing);
  return closed;
}

/* ---------------------------------------------------------------------------------------------- */

/* A probe verifies that the kernel has closed a descriptor. */
static bool is_open(int fd) {
  return fd >= 0 && launch__sys(SYS_fcntl, fd, F_GETFD) >= 0;
}

int launch__close_other_fds(struct launch__run *run) {
  int error = run->method.close_fds == LAUNCH_CLOSE_FDS_PROC ? close_all_listed(run) : close_gaps(run);

  return error == 0 && is_open(run->probe_fd) ? -ENOSYS : error;
}

/*
 * A replaced function may have opened a descriptor without close-on-exec, or a replaced syscall() may have closed none: this time
 * the kernel itself is called. A full table in which no descriptor can be closed for the listing holds no other descriptor.
 */
int launch__close_what_tools_opened(struct launch__run *run) {
  int error;

  if (run->method.syscalls != LAUNCH_SYSCALLS_LIBC) return 0;
  run->method.syscalls = LAUNCH_SYSCALLS_DIRECT;
  error = launch__close_other_fds(run);
  run->method.syscalls = LAUNCH_SYSCALLS_LIBC;
  return error == -EMFILE ? 0 : error;
}
