#include "../internal.h"

int launch__change_directory(struct launch__run *run) {
  return run->cwd == NULL ? 0 : (int)launch__sys(SYS_chdir, run->cwd);
}
