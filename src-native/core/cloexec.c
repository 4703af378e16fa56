#include "cloexec.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "child/child.h"
#include "parent/parent.h"

enum { FIRST = STDERR_FILENO + 1 };

struct list {
  int *fds;
  size_t count;
  size_t capacity;
};

static int append(struct list *list, int fd) {
  if (list->count == list->capacity) {
    size_t capacity = list->capacity == 0 ? 16 : 2 * list->capacity;
    int *grown = realloc(list->fds, capacity * sizeof *grown);
    if (grown == NULL) return -ENOMEM;
    list->fds = grown;
    list->capacity = capacity;
  }
  list->fds[list->count++] = fd;
  return 0;
}

static int append_if_inheritable(struct list *list, int fd) {
  int flags = fcntl(fd, F_GETFD);

  return flags >= 0 && (flags & FD_CLOEXEC) == 0 ? append(list, fd) : 0;
}

static int compare(const void *one, const void *other) {
  int a = *(const int *)one, b = *(const int *)other;

  return (a > b) - (a < b);
}

static int append_entry(struct list *list, const char *name) {
  char *end;
  long fd = strtol(name, &end, 10);

  return end != name && *end == '\0' && fd >= FIRST ? append_if_inheritable(list, (int)fd) : 0;
}

static int append_entries(struct list *list, DIR *directory) {
  const struct dirent *entry;
  int error = 0;

  while (error == 0 && (errno = 0, entry = readdir(directory)) != NULL)
    error = append_entry(list, entry->d_name);
  return error != 0 ? error : -errno;
}

static int list_from_proc(struct list *list) {
  DIR *directory = opendir("/proc/self/fd");
  int error;

  if (directory == NULL) return -errno;
  error = launch__is_proc(dirfd(directory)) ? append_entries(list, directory) : -ENOSYS;
  (void)closedir(directory);
  if (list->count > 1) qsort(list->fds, list->count, sizeof *list->fds, compare);
  return error;
}

/* Fills the list alone; the descriptors are marked without it. */
static int list_by_number(struct list *list) {
  struct rlimit limit;
  int error = 0;

  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -errno;
  list->count = 0;
  for (rlim_t fd = FIRST; error == 0 && fd < limit.rlim_max && fd < 1U << 20; fd++)
    error = append_if_inheritable(list, (int)fd);
  return error;
}

static bool mark_all(void) {
  return syscall(SYS_close_range, FIRST, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

static void mark_listed(const struct list *list) {
  for (size_t i = 0; i < list->count; i++)
    (void)fcntl(list->fds[i], F_SETFD, FD_CLOEXEC);
}

static int list_and_mark(struct list *list) {
  int error = list_from_proc(list);

  if (error == 0) {
    if (!mark_all()) mark_listed(list);
    return 0;
  }
  if (error == -ENOMEM || error == -EMFILE) return error;
  if ((error = list_by_number(list)) != 0) return error;
  return mark_all() ? 0 : -ENOSYS;
}

int cloexec_set_all(int **ret_changed, size_t *ret_count, const char **ret_call) {
  struct list list = {0};
  int error = list_and_mark(&list);

  if (error != 0) {
    free(list.fds);
    *ret_call = error == -ENOSYS ? "close_range" : error == -ENOMEM ? "malloc" : "open";
    return error;
  }
  *ret_changed = list.fds;
  *ret_count = list.count;
  return 0;
}
