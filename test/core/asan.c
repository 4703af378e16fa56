/*
 * Linked into the build with AddressSanitizer only.
 *
 * A child leaves its frames by execve(2) or exit_group(2), so what the sanitizer marked around their variables stays
 * marked, and where memory is shared the next child would trip over it. And since no function here is left by longjmp,
 * there is nothing to do in calls that do not return; the sanitizer would look for a stack it knows, and complain.
 */
#include <sanitizer/asan_interface.h>
#include <stddef.h>

enum { GUARD_SIZE = 64 * 1024, CHILD_STACK_SIZE = 64 * 1024 }; /* of clone.c */

long __real_launch__clone(char *stack, const void *request);
long __wrap_launch__clone(char *stack, const void *request);
void __asan_handle_no_return(void);

long __wrap_launch__clone(char *stack, const void *request) {
  __asan_unpoison_memory_region(stack + GUARD_SIZE, CHILD_STACK_SIZE);
  return __real_launch__clone(stack, request);
}

/* Weak: the runtime of clang is linked statically, and its own is taken then. */
__attribute__((weak)) void __asan_handle_no_return(void) {
}
