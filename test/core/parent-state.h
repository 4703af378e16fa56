/* parent-state.h: everything of the caller that a launch must leave as it was. */
#ifndef TEST_CORE_PARENT_STATE_H
#define TEST_CORE_PARENT_STATE_H

#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "launch.h"
#include "probe.h"

struct parent_state {
  int fd_count;
  struct {
    int number, fd_flags, status_flags;
    dev_t device;
    ino_t inode;
  } fds[PROBE_FDS];
  uint64_t blocked;
  struct {
    void *handler;
    unsigned long flags;
    void *restorer;
    uint64_t mask;
  } actions[64];
  uint32_t ids[8]; /* real, effective, saved and file system uid, then gid */
  int group_count;
  gid_t groups[PROBE_GROUPS];
  mode_t umask;
  ino_t directory;
  int dumpable, no_new_privileges, death_signal, keep_capabilities;
  struct rlimit limits[PROBE_LIMITS];
  pid_t session, group;
  int nice;
};

/* Leaves out the descriptors of the context (or NULL): a failed launch makes its mailbox anew. */
void parent_state_take(struct parent_state *ret_state, const struct launch_context *context);
/* Compares with the state of now. */
void expect_unchanged(const char *file, int line, const struct parent_state *before,
                      const struct launch_context *context);
#define EXPECT_UNCHANGED(before, context) expect_unchanged(__FILE__, __LINE__, before, context)

#endif
