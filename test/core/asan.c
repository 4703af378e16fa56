/*
 * Linked into the build with AddressSanitizer only.
 *
 * A child leaves its frames by execve(2) or exit_group(2), so what the sanitizer marked around their variables stays
 * marked, and where memory is shared the next child would trip over it. And since no function here is left by longjmp,
 * there is nothing to do in calls that do not return; the sanitizer would look for a stack it knows, and complain.
 */
#include <sanitizer/asan_interface.h>
#include <stdarg.h>
#include <stddef.h>

enum { CHILD_STACK_SIZE = 64 * 1024 };

int __real_clone(int (*entry)(void *), void *stack, int flags, void *argument, ...);
int __wrap_clone(int (*entry)(void *), void *stack, int flags, void *argument, ...);
void __asan_handle_no_return(void);

int __wrap_clone(int (*entry)(void *), void *stack, int flags, void *argument, ...) {
  va_list arguments;
  va_start(arguments, argument);
  int *parent_tid = va_arg(arguments, int *);
  va_end(arguments);
  __asan_unpoison_memory_region((char *)stack - CHILD_STACK_SIZE, CHILD_STACK_SIZE);
  return __real_clone(entry, stack, flags, argument, parent_tid);
}

/* Weak: the runtime of clang is linked statically, and its own is taken then. */
__attribute__((weak)) void __asan_handle_no_return(void) {
}
