/*
 * probe.h: what kernel-probe.c finds out about the kernel, one question a file. Each answers by doing it, since a version
 * says nothing about a seccomp filter, an emulator or a sandbox.
 */
#ifndef SAFE_SPAWN_PROBE_H
#define SAFE_SPAWN_PROBE_H

#include "../parent.h"

/*
 * The exception: a filter may kill the caller of a system call. Before Linux 5.16 (commit 0258b5fd7c71) a death by a signal
 * that dumps core, SIGSYS too and whatever RLIMIT_CORE says, kills every process that shares the memory. The version tells.
 */
bool launch__deaths_kill_sharers(void);
/* Returns the pid of a child that calls `entry`, or a negative errno. The child has the signal handlers of its parent. */
long launch__clone_probe(struct launch_context *context, unsigned long flags, int (*entry)(void *),
                         void *argument);

/* vfork.c: 0 if vfork shares the memory and waits, else a negative errno. */
int launch__probe_vfork(struct launch_context *context);

/* new-calls.c: which calls are there that a filter may not know? Returns why the table can't be shared, or 0. */
int launch__probe_new_calls(struct launch_context *context, struct launch__method *method);

/*
 * unshare.c, for a child with a table of its own and `stack` for a grandchild: 0 if CLOSE_RANGE_UNSHARE gives a process a
 * small table of its own in which the closed numbers are free, else a negative errno. `probe_fd` is any open descriptor.
 */
int launch__try_unsharing(char *stack, int probe_fd);

/*
 * trial-launch.c: launches nothing, by all steps up to the closing of descriptors, and falls back until a method works. Writes the
 * slowest method that had to be tried. False: nothing can be concluded.
 */
bool launch__probe_by_launching(struct launch_context *context, struct launch__method *method,
                                struct launch_capabilities *found);

/* kernel-probe.c: notes a method in `found`, and the negative errno for which a faster one was passed over. */
void launch__note_method(struct launch_capabilities *found, const struct launch__method *method, int error);

#endif
