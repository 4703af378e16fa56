/* namespaces.h: surroundings that a process can make for itself. */
#ifndef TEST_CORE_NAMESPACES_H
#define TEST_CORE_NAMESPACES_H

/* An empty directory in the place of /proc, in a mount namespace of our own. Returns 0 or a negative errno. */
int hide_proc(void);

#endif
