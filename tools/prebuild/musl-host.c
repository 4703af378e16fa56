// Loads an addon on musl as Node would: every symbol must be there, or dlopen() fails. The functions of Node and libuv
// come from stubs that are compiled with it.
#include <dlfcn.h>
#include <stdio.h>

int main(int count, char **arguments) {
  void *addon = count == 2 ? dlopen(arguments[1], RTLD_NOW) : NULL;
  if (addon == NULL || dlsym(addon, "napi_register_module_v1") == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  puts("loaded");
  return 0;
}
