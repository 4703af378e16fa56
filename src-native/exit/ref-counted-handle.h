/*
 * ref-counted-handle.h: counts the users of a handle that want the loop to wait for them.
 */
#ifndef SAFE_SPAWN_REF_COUNTED_HANDLE_H
#define SAFE_SPAWN_REF_COUNTED_HANDLE_H

#include <uv.h>

#include <cstddef>

class RefCountedHandle {
public:
  /* Is called once, when the handle has been initialised. */
  void Attach(uv_handle_t *handle) {
    handle_ = handle;
    uv_unref(handle);
  }
  void Add() {
    if (count_++ == 0) uv_ref(handle_);
  }
  void Drop() {
    if (--count_ == 0) uv_unref(handle_);
  }

private:
  uv_handle_t *handle_ = nullptr;
  size_t count_ = 0;
};

#endif
