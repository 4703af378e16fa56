/* tracer.h: a kernel whose close_range(2) takes CLOSE_RANGE_UNSHARE and ignores it, imitated by who clears the flag. */
#ifndef TEST_CORE_TRACER_H
#define TEST_CORE_TRACER_H

enum { CLOSE_RANGE_UNSHARE_BIT = 2 }; /* CLOSE_RANGE_UNSHARE, which older headers lack */

/* As in_fork(). Skips the test where nothing may be traced. */
void in_fork_that_ignores_unshare(void (*body)(void *argument), void *argument);

#endif
