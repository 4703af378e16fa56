#include <dlfcn.h>
#include <sys/auxv.h>
#include <string.h>

#include "parent.h"

/*
 * Finds out whether a tool has replaced a function of libc that the child calls (LD_PRELOAD).
 */

#define NAME(function) STRING_(function)
#define STRING_(name)  #name

/*
 * The functions that libuv's child calls come first, since tools are written for those. The others only this library calls.
 * execvp is named whenever it is replaced, as method_of() expects.
 */
static const char *const called[] = {
    "execvp",    "fork",      "chdir",       NAME(LAUNCH__OPEN), "setsid", NAME(LAUNCH__FCNTL),
    "dup2",      "signal",    "sigprocmask", "setgid",           "setuid", "setgroups",
    "syscall",   "execve",    "setpgid",     "setpriority",      "umask",  "prctl",
    "setrlimit", "getrlimit",
};

/* A program without a dynamic linker has none of these, and nothing is interposed there. */
#pragma weak dlopen
#pragma weak dlclose
#pragma weak dlsym
#pragma weak dladdr

/* Before glibc 2.34 some functions are in libpthread; musl has them all in one library. */
static const char *const libraries[] = {"libc.so.6", "libpthread.so.0", "libc.so"};

enum { LIBRARIES = sizeof libraries / sizeof *libraries };

/* musl's name would make glibc search the file system. */
static void open_libraries(void *handles[LIBRARIES]) {
  bool found = false;

  for (size_t i = 0; i < LIBRARIES; i++) {
    bool is_other_libc = found && strcmp(libraries[i], "libc.so") == 0;
    handles[i] = is_other_libc ? NULL : dlopen(libraries[i], RTLD_LAZY | RTLD_NOLOAD);
    found = found || handles[i] != NULL;
  }
}

static void close_libraries(void *handles[LIBRARIES]) {
  for (size_t i = 0; i < LIBRARIES; i++)
    if (handles[i] != NULL) (void)dlclose(handles[i]);
}

static bool is_in_libraries(void *const handles[LIBRARIES], const char *name, const void *address) {
  bool found = false;

  for (size_t i = 0; i < LIBRARIES; i++) {
    if (handles[i] == NULL) continue;
    if (dlsym(handles[i], name) == address) return true;
    found = true;
  }
  return !found;
}

/* A sanitizer interposes much of libc, for the process that it watches and not for its children. */
static bool is_sanitizer(const Dl_info *object) {
  const void *address = dlsym(RTLD_DEFAULT, "__sanitizer_print_stack_trace");
  Dl_info sanitizer;

  return address != NULL && dladdr(address, &sanitizer) != 0 && sanitizer.dli_fbase == object->dli_fbase;
}

/*
 * A program may define a function of libc for its own use, as Node 22 and 24 define fcntl64() to run with an older glibc. That
 * is no tool. The program headers lie in the program's own file.
 */
static bool is_program(const Dl_info *object) {
  Dl_info program;

  return dladdr((const void *)getauxval(AT_PHDR), &program) != 0 && program.dli_fbase == object->dli_fbase;
}

static bool is_interposed(void *const handles[LIBRARIES], const char *name, const char **ret_object) {
  const void *address = dlsym(RTLD_DEFAULT, name);
  Dl_info object;

  if (address == NULL || is_in_libraries(handles, name, address)) return false;
  if (dladdr(address, &object) == 0 || is_sanitizer(&object) || is_program(&object)) return false;
  *ret_object = object.dli_fname;
  return true;
}

void launch__find_interposer(struct launch_capabilities *capabilities) {
  void *handles[LIBRARIES];

  if (dlopen == NULL || dlclose == NULL || dlsym == NULL || dladdr == NULL) return;
  open_libraries(handles);
  for (size_t i = 0; i < sizeof called / sizeof *called && capabilities->syscalls != LAUNCH_SYSCALLS_LIBC;
       i++) {
    if (!is_interposed(handles, called[i], &capabilities->interposer)) continue;
    capabilities->syscalls = LAUNCH_SYSCALLS_LIBC;
    capabilities->interposed = called[i];
  }
  close_libraries(handles);
}
