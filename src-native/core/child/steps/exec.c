#include <fcntl.h>
#include <string.h>

#include "../child.h"

/* The default of execvp(3) in glibc. The default of musl also has /usr/local/bin. */
static const char default_path[] = "/bin:/usr/bin";

static const char *search_path(char *const *envp) {
  for (; *envp != NULL; envp++)
    if (strncmp(*envp, "PATH=", 5) == 0) return *envp + 5;
  return default_path;
}

static long execute_once(const char *path, char *const *argv, const struct launch__run *run) {
  if (run->file_at < 0) return launch__replaceable_sys(run, SYS_execve, path, argv, run->plan->envp);
  return launch__sys(SYS_execveat, run->file_at, path, argv, run->plan->envp,
                     *path == '\0' ? AT_EMPTY_PATH : 0);
}

/* Repeats the call if a handler for job control interrupted it, which a file system may report as EINTR. */
static int call_execve(const char *path, char *const *argv, struct launch__run *run) {
  long error;

  do {
    run->interrupted = false;
    error = execute_once(path, argv, run);
  } while (error == -EINTR && run->interrupted);
  return (int)error;
}

/* Runs "/bin/sh path args": uses the spare slot before argv[0], and replaces argv[0] until the call has failed. */
static int execute_by_shell(const char *path, struct launch__run *run) {
  char **argv = run->plan->argv, *name = argv[0];
  int error;

  if (name == NULL) argv[1] = NULL;
  argv[-1] = (char *)"/bin/sh";
  argv[0] = (char *)path;
  error = call_execve(argv[-1], argv - 1, run);
  argv[0] = name;
  return error;
}

static int search_by_libc(struct launch__run *run) {
  long error;

  do {
    run->interrupted = false;
    error = launch__execvp(run->plan, run->file);
  } while (error == -EINTR && run->interrupted);
  return (int)error;
}

static int execute(const char *path, struct launch__run *run) {
  int error = call_execve(path, run->plan->argv, run);

  return error == -ENOEXEC ? execute_by_shell(path, run) : error;
}

/* Returns whether the search continues in the next directory after this error. */
static bool is_elsewhere(int error) {
  return error == -ENOENT || error == -ENOTDIR || error == -EACCES || error == -ESTALE || error == -ENODEV ||
         error == -ETIMEDOUT;
}

/* Writes "directory/file" to `buffer`. An empty directory is the current one. */
static bool join(char *buffer, size_t size, const char *directory, size_t length, const char *file) {
  size_t file_size = strlen(file) + 1;

  if (length + 1 + file_size > size) return false;
  memcpy(buffer, directory, length);
  if (length > 0) buffer[length++] = '/';
  memcpy(buffer + length, file, file_size);
  return true;
}

static int execute_from_path(const char *file, struct launch__run *run) {
  char candidate[PATH_MAX];
  bool saw_eacces = false;
  int error = -ENOENT;

  for (const char *directory = search_path(run->plan->envp);; directory++) {
    const char *end = strchrnul(directory, ':');
    if (join(candidate, sizeof candidate, directory, (size_t)(end - directory), file)) {
      error = execute(candidate, run);
      if (error == -EACCES) saw_eacces = true;
      if (!is_elsewhere(error)) return error;
    }
    if (*end == '\0') break;
    directory = end;
  }
  return saw_eacces ? -EACCES : error;
}

int launch__exec(struct launch__run *run) {
#ifdef LAUNCH_TEST_HOOKS
  launch__test_hook(run->status, LAUNCH_TEST_HOOK_EXEC);
#endif
  if (run->file_at >= 0) return call_execve(run->file, run->plan->argv, run);
  if (*run->file == '\0') return -ENOENT;
  if (run->method.by_execvp) return search_by_libc(run);
  if (strchr(run->file, '/') != NULL) return execute(run->file, run);
  if (strlen(run->file) > NAME_MAX) return -ENAMETOOLONG;
  return execute_from_path(run->file, run);
}
