/* witness.c: ends with the number of descriptors above 2 that it was given, as its exit status. */
#include <fcntl.h>

enum { HIGHEST = 4096 };

int main(void) {
  int given = 0;
  for (int fd = 3; fd <= HIGHEST; fd++) {
    if (fcntl(fd, F_GETFD) >= 0) given++;
  }
  return given;
}
