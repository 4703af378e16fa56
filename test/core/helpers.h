/* helpers.h: parts of tests that must run in a program of their own: `test-core --helper NAME`. */
#ifndef TEST_CORE_HELPERS_H
#define TEST_CORE_HELPERS_H

/* Returns the exit code. */
int run_helper(char **arguments);

#endif
