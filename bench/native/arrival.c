/*
 * arrival.c: arrival FIFO
 *
 * Writes one byte to the FIFO, the number of descriptors above 2 that it was given, and lives on until it is killed, or
 * until the process that started it has ended.
 */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

static unsigned char count_given(void) {
  unsigned char given = 0;
  DIR *listing = opendir("/proc/self/fd");
  if (listing == NULL) err(1, "/proc/self/fd");
  for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
    int fd = atoi(entry->d_name);
    if (fd > 2 && fd != dirfd(listing)) given++;
  }
  closedir(listing);
  return given;
}

int main(int argc, char **argv) {
  if (argc != 2) errx(2, "usage: arrival FIFO");
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  unsigned char given = count_given();
  int fifo = open(argv[1], O_WRONLY | O_NONBLOCK); /* an error, not a wait, once nobody reads */
  if (fifo < 0 || write(fifo, &given, 1) != 1) err(1, "%s", argv[1]);
  close(fifo);
  pause();
  return 0;
}
