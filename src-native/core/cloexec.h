/*
 * cloexec.h: sets close-on-exec for descriptors that this process inherited, or opened without the flag.
 */
#ifndef SAFE_SPAWN_CLOEXEC_H
#define SAFE_SPAWN_CLOEXEC_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Sets FD_CLOEXEC on every descriptor >= 3 of the calling process. `ret_changed` gets the descriptors that lacked the flag, in
 * ascending order; the caller frees the array. Returns 0 or a negative errno; -ENOSYS: neither close_range(2) with
 * CLOSE_RANGE_CLOEXEC (Linux 5.11) nor /proc/self/fd can be used. `ret_call` gets the call that failed, if one did.
 *
 * Without /proc, the call still marks every descriptor, but those above the hard limit of RLIMIT_NOFILE, if
 * there are any, are missing in the list.
 */
int cloexec_set_all(int **ret_changed, size_t *ret_count, const char **ret_call);

#ifdef __cplusplus
}
#endif

#endif
