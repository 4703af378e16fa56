/*
 * launcher: becomes a program that starts in a chosen state. What a shell, a container runtime or an older supervisor
 * leaves behind by accident, this makes on purpose.
 *
 *   launcher [OPTION VALUE]... -- PROGRAM [ARGUMENT]...
 *
 * --fd N            /dev/null at number N, without close-on-exec
 * --pipe R,W        a pipe with its ends at these numbers, without close-on-exec
 * --close N         descriptor N is closed
 * --nofile S[:H]    soft and hard RLIMIT_NOFILE, set once the descriptors are open
 * --ignore SIGNAL   the disposition is SIG_IGN
 * --block SIGNAL    the signal is blocked
 * --env STRING      one more string in the environment, whatever it is
 *
 * Every other descriptor above 2 is closed, so that what the program inherits is what was asked for.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void die(const char *what) {
  fprintf(stderr, "launcher: %s: %s\n", what, strerror(errno));
  exit(120);
}

static void close_everything_above_stdio(void) {
  DIR *directory = opendir("/proc/self/fd");
  if (directory == NULL) die("/proc/self/fd");
  for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    int fd = atoi(entry->d_name);
    if (fd > STDERR_FILENO && fd != dirfd(directory)) close(fd);
  }
  closedir(directory);
}

static void raise_soft_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) die("getrlimit");
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) die("setrlimit");
}

static void move_fd(int from, int to) {
  if (from == to) return;
  if (dup2(from, to) < 0) die("dup2");
  close(from);
}

static void open_null_at(int number) {
  int fd = open("/dev/null", O_RDWR);
  if (fd < 0) die("/dev/null");
  move_fd(fd, number);
}

static void open_pipe_at(const char *numbers) {
  int ends[2];
  int read_number, write_number;
  if (sscanf(numbers, "%d,%d", &read_number, &write_number) != 2) die(numbers);
  if (pipe(ends) != 0) die("pipe");
  move_fd(ends[0], read_number);
  move_fd(ends[1], write_number);
}

static void set_nofile(const char *value) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) die("getrlimit");
  char *end;
  limit.rlim_cur = strtoul(value, &end, 10);
  if (*end == ':') limit.rlim_max = strtoul(end + 1, NULL, 10);
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) die("setrlimit");
}

static void block_signal(int number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) die("sigprocmask");
}

/* As no library function would: twice the same name, or no name at all. */
static void add_to_environment(char *string) {
  size_t count = 0;
  while (environ[count] != NULL)
    count++;
  char **longer = malloc((count + 2) * sizeof *longer);
  if (longer == NULL) die("malloc");
  memcpy(longer, environ, count * sizeof *longer);
  longer[count] = string;
  longer[count + 1] = NULL;
  environ = longer;
}

static void apply(const char *option, char *value) {
  if (strcmp(option, "--fd") == 0) {
    open_null_at(atoi(value));
  } else if (strcmp(option, "--pipe") == 0) {
    open_pipe_at(value);
  } else if (strcmp(option, "--close") == 0) {
    close(atoi(value));
  } else if (strcmp(option, "--nofile") == 0) {
    set_nofile(value);
  } else if (strcmp(option, "--ignore") == 0) {
    signal(atoi(value), SIG_IGN);
  } else if (strcmp(option, "--block") == 0) {
    block_signal(atoi(value));
  } else if (strcmp(option, "--env") == 0) {
    add_to_environment(value);
  } else {
    errno = EINVAL;
    die(option);
  }
}

int main(int argc, char **argv) {
  close_everything_above_stdio();
  raise_soft_limit();
  int next = 1;
  for (; next + 1 < argc && strcmp(argv[next], "--") != 0; next += 2)
    apply(argv[next], argv[next + 1]);
  if (next + 1 >= argc) {
    errno = EINVAL;
    die("no program");
  }
  execvp(argv[next + 1], argv + next + 1);
  die(argv[next + 1]);
}
