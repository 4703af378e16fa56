/*
 * pipe-opener.h: gives a descriptor to one of Node's pipe handles by libuv, as Node's own spawn does. The handle's method
 * open() does the same, but the permission model of newer versions refuses it without --allow-net.
 */
#ifndef SAFE_SPAWN_PIPE_OPENER_H
#define SAFE_SPAWN_PIPE_OPENER_H

#include <napi.h>
#include <uv.h>

/* Returns 0 or a negative errno: UV_EINVAL if `handle` is no pipe handle of this loop, or has a descriptor already. */
int OpenPipeHandle(uv_loop_t *loop, const Napi::Object &handle, int fd);

#endif
