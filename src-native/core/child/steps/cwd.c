#include "../child.h"

int launch__change_directory(struct launch__run *run) {
  if (run->cwd_at >= 0) {
    int error = (int)launch__sys(SYS_fchdir, run->cwd_at);
    if (error != 0 || *run->cwd == '\0') return error;
  }
  return (int)launch__replaceable_sys(run, SYS_chdir, run->cwd);
}
