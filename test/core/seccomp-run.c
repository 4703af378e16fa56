/*
 * seccomp-run [RULE...] [no-proc] -- PROGRAM [ARGUMENT...]
 *
 * Runs a program as if on a kernel that refuses some system calls (the rules of seccomp.h), or without /proc.
 * Exit code 125: bad usage; 126: refused here (no privilege for namespaces or filters); 127: no such program.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "namespaces.h"
#include "seccomp.h"

static int fail(int code, const char *what, int error) {
  fprintf(stderr, "seccomp-run: %s: %s\n", what, strerror(-error));
  return code;
}

int main(int argc, char **argv) {
  int rules = 1;
  while (rules < argc && strcmp(argv[rules], "--") != 0)
    rules++;
  if (rules + 1 >= argc) {
    fprintf(stderr, "usage: seccomp-run [RULE...] [no-proc] -- PROGRAM [ARGUMENT...]\n");
    return 125;
  }
  int count = rules - 1;
  if (count > 0 && strcmp(argv[rules - 1], "no-proc") == 0) {
    const int error = hide_proc();
    if (error != 0) return fail(126, "no-proc", error);
    count--;
  }
  const int error = seccomp_install(argv + 1, (size_t)count);
  if (error == -EINVAL) return fail(125, "rule", error);
  if (error != 0) return fail(126, "filter", error);
  execvp(argv[rules + 1], argv + rules + 1);
  perror(argv[rules + 1]);
  return 127;
}
