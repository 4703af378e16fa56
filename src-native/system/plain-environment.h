/*
 * plain-environment.h: whether the strings of an environment are what Node makes of them as process.env, to the byte.
 */
#ifndef SAFE_SPAWN_PLAIN_ENVIRONMENT_H
#define SAFE_SPAWN_PLAIN_ENVIRONMENT_H

/*
 * True if each is `NAME=value` in ASCII, with a name that no other has. Node drops what has no name, takes the first
 * of equal names, and makes other characters of bytes that are no UTF-8. It lists names that are numbers first: so one
 * that begins with a digit is not plain either.
 */
bool IsPlainEnvironment(const char *const *environment);

#endif
