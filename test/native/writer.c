/*
 * writer: writes to stdout until that fails, then exits with the errno. With nobody left to read it is killed by
 * SIGPIPE, unless a reader that will never read is still open somewhere: then it hangs in write(2) for ever.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  char block[4096];
  memset(block, '.', sizeof block);
  while (write(STDOUT_FILENO, block, sizeof block) > 0) {
  }
  return errno;
}
