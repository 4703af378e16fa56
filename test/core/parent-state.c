#include "parent-state.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "test.h"

static bool is_internal(const struct launch_context *context, int number) {
  int internal[2];
  const size_t count = context == NULL ? 0 : launch_internal_fds(context, internal);
  for (size_t i = 0; i < count; i++)
    if (internal[i] == number) return true;
  return false;
}

static void take_descriptor(struct parent_state *state, int number) {
  struct stat status;
  ASSERT_LT(state->fd_count, PROBE_FDS);
  CHECKED(fstat(number, &status));
  state->fds[state->fd_count].number = number;
  state->fds[state->fd_count].fd_flags = fcntl(number, F_GETFD);
  state->fds[state->fd_count].status_flags = fcntl(number, F_GETFL);
  state->fds[state->fd_count].device = status.st_dev;
  state->fds[state->fd_count++].inode = status.st_ino;
}

/* False for a listing that does not even show itself: something else than /proc, or a filter that answers for it. */
static bool take_listed(struct parent_state *state, const struct launch_context *context, DIR *listing) {
  bool saw_itself = false;
  for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
    const int number = atoi(entry->d_name);
    if (entry->d_name[0] == '.') continue;
    if (number == dirfd(listing))
      saw_itself = true;
    else if (!is_internal(context, number))
      take_descriptor(state, number);
  }
  return saw_itself;
}

static void take_numbers(struct parent_state *state, const struct launch_context *context) {
  for (int number = 0; number <= PROBE_HIGHEST; number++)
    if (fcntl(number, F_GETFD) >= 0 && !is_internal(context, number)) take_descriptor(state, number);
}

/* Without /proc, or in a full table, each number is asked for. */
static void take_descriptors(struct parent_state *state, const struct launch_context *context) {
  DIR *listing = opendir("/proc/self/fd");
  const bool listed = listing != NULL && take_listed(state, context, listing);
  if (listing != NULL) closedir(listing);
  if (!listed) take_numbers(state, context);
}

/* By raw calls: libc hides the mask and the handlers of its own signals. */
static void take_signals(struct parent_state *state) {
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &state->blocked, sizeof state->blocked);
  for (int i = 0; i < 64; i++)
    syscall(SYS_rt_sigaction, i + 1, NULL, &state->actions[i], sizeof(uint64_t));
}

static void take_ids(struct parent_state *state) {
  getresuid(&state->ids[0], &state->ids[1], &state->ids[2]);
  getresgid(&state->ids[4], &state->ids[5], &state->ids[6]);
  state->ids[3] = (uint32_t)setfsuid((uid_t)-1);
  state->ids[7] = (uint32_t)setfsgid((gid_t)-1);
  state->group_count = CHECKED(getgroups(PROBE_GROUPS, state->groups));
  state->session = getsid(0);
  state->group = getpgid(0);
}

static void take_process_flags(struct parent_state *state) {
  state->dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
  state->no_new_privileges = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
  state->keep_capabilities = prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0);
  prctl(PR_GET_PDEATHSIG, &state->death_signal, 0, 0, 0);
  state->nice = getpriority(PRIO_PROCESS, 0);
}

static void take_surroundings(struct parent_state *state) {
  struct stat status;
  CHECKED(stat(".", &status));
  state->directory = status.st_ino;
  state->umask = umask(0);
  umask(state->umask);
  for (int i = 0; i < PROBE_LIMITS; i++)
    syscall(SYS_prlimit64, 0, i, NULL, &state->limits[i]);
}

void parent_state_take(struct parent_state *ret_state, const struct launch_context *context) {
  memset(ret_state, 0, sizeof *ret_state);
  take_descriptors(ret_state, context);
  take_signals(ret_state);
  take_ids(ret_state);
  take_process_flags(ret_state);
  take_surroundings(ret_state);
}

static int first_difference_of_fds(const struct parent_state *a, const struct parent_state *b) {
  for (int i = 0; i < a->fd_count && i < b->fd_count; i++)
    if (memcmp(&a->fds[i], &b->fds[i], sizeof a->fds[i]) != 0) return i;
  return a->fd_count < b->fd_count ? a->fd_count : b->fd_count;
}

void expect_unchanged(const char *file, int line, const struct parent_state *before,
                      const struct launch_context *context) {
  static struct parent_state now;
  parent_state_take(&now, context);
  if (memcmp(before, &now, sizeof now) == 0) return;

  const int i = first_difference_of_fds(before, &now);
  if (i < before->fd_count || i < now.fd_count)
    test_fail(
        file, line,
        "the caller's descriptors changed: %d before, %d now; entry %d was number %d flags %x, is %d %x",
        before->fd_count, now.fd_count, i, before->fds[i].number, before->fds[i].status_flags,
        now.fds[i].number, now.fds[i].status_flags);
  for (int signal = 1; signal <= 64; signal++)
    if (memcmp(&before->actions[signal - 1], &now.actions[signal - 1], sizeof now.actions[0]) != 0)
      test_fail(file, line, "the caller's disposition of signal %d changed: handler %p, now %p", signal,
                before->actions[signal - 1].handler, now.actions[signal - 1].handler);
  for (int limit = 0; limit < PROBE_LIMITS; limit++)
    if (memcmp(&before->limits[limit], &now.limits[limit], sizeof now.limits[0]) != 0)
      test_fail(file, line, "the caller's limit %d changed", limit);
  test_fail(
      file, line,
      "the caller changed: mask %llx, now %llx; umask %o, %o; dumpable %d, %d; uid %u, %u; cwd %llu, %llu",
      (unsigned long long)before->blocked, (unsigned long long)now.blocked, before->umask, now.umask,
      before->dumpable, now.dumpable, before->ids[1], now.ids[1], (unsigned long long)before->directory,
      (unsigned long long)now.directory);
}
