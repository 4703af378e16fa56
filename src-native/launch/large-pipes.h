/*
 * large-pipes.h: makes pipes hold as much as the sockets that Node makes for stdio. A Node program that writes 100 KB to a
 * pipe of 64 KiB and calls process.exit() loses what did not fit.
 *
 * The kernel allows a user 64 MiB of pipes (pipe-user-pages-soft in proc_sys_fs(5)). Beyond that each new pipe of the user
 * holds 8 KiB, in whichever process. So a process has a few large pipes only, and the others stay as the kernel makes them.
 */
#ifndef SAFE_SPAWN_LARGE_PIPES_H
#define SAFE_SPAWN_LARGE_PIPES_H

#include <sys/types.h>

/* Enlarges a pipe, of which `end` stays in this process, if there are few enough large ones and the kernel permits it. */
void EnlargePipe(int end);

/* Names the process that has the other end of a pipe. The pipe counts as large until the end is closed and the process is
 * gone. */
void SetPipeWriter(int end, pid_t writer);

#endif
