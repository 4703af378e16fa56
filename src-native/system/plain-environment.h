/*
 * plain-environment.h: compares the strings of an environment with what Node makes of them as process.env.
 */
#ifndef SAFE_SPAWN_PLAIN_ENVIRONMENT_H
#define SAFE_SPAWN_PLAIN_ENVIRONMENT_H

/*
 * Returns true if the strings are the same to the byte. Each must be `NAME=value` in ASCII, with a name that no other has.
 * Node drops a string without a name, takes the first of equal names, and replaces bytes that are not UTF-8. It also
 * lists numbers first, so a name must not begin with a digit.
 */
bool IsPlainEnvironment(const char *const *environment);

#endif
