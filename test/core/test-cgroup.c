/* Children born in a cgroup v2. Needs a hierarchy that is mounted and may be written, as root has it on most machines. */
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "parent-state.h"
#include "seccomp.h"

static char mount_point[PATH_MAX];
static char cgroup[PATH_MAX + 64];
static char inner_cgroup[PATH_MAX + 128];

static bool find_mount(void) {
  FILE *mounts = setmntent("/proc/self/mounts", "re");
  struct mntent *entry;
  if (mounts == NULL) return false;
  while ((entry = getmntent(mounts)) != NULL && strcmp(entry->mnt_type, "cgroup2") != 0)
    continue;
  if (entry != NULL) snprintf(mount_point, sizeof mount_point, "%s", entry->mnt_dir);
  endmntent(mounts);
  return entry != NULL;
}

static void make_cgroups(void) {
  if (!find_mount()) test_skip("no cgroup v2 is mounted");
  snprintf(cgroup, sizeof cgroup, "%s/safe-spawn-test-%d", mount_point, (int)getpid());
  snprintf(inner_cgroup, sizeof inner_cgroup, "%s/inner", cgroup);
  if (mkdir(cgroup, 0755) < 0) test_skip("mkdir in %s: %s", mount_point, strerror(errno));
  CHECKED(mkdir(inner_cgroup, 0755));
}

/* A cgroup is busy for a moment after its last process was reaped. */
static void remove_cgroups(void) {
  EVENTUALLY(rmdir(inner_cgroup) == 0);
  EVENTUALLY(rmdir(cgroup) == 0);
}

static void write_control(const char *directory, const char *name, const char *text) {
  char path[PATH_MAX + 256];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  const int file = CHECKED(open(path, O_WRONLY | O_CLOEXEC));
  CHECKED(write(file, text, strlen(text)));
  close(file);
}

static void expect_member(pid_t pid) {
  char path[64], text[4096], wanted[128];
  snprintf(path, sizeof path, "/proc/%d/cgroup", (int)pid);
  snprintf(wanted, sizeof wanted, "/safe-spawn-test-%d/inner\n", (int)getpid());
  if (strstr(read_text(path, text, sizeof text), wanted) == NULL) FAIL("not in %s: %s", wanted, text);
}

static void check_member(struct launch_context *context) {
  static struct parent_state before;
  const struct launch_fd fds[] = {{1, 1}, {2, LAUNCH_FD_NULL}};
  struct launch_child child;
  struct probe probe;
  struct probe_report report;
  probe_init(&probe);
  probe_give(&probe, fds, COUNT(fds));
  probe_then(&probe, "pause");
  probe.plan.cgroup = inner_cgroup;
  parent_state_take(&before, context);
  probe_start(context, &probe, &child);
  if (child.pidfd >= 0) ASSERT_GE(child.pidfd, 3);
  EVENTUALLY(probe_has_reported(&probe));
  probe_read(&probe, &report);
  EXPECT_EXACT(&report, fds, COUNT(fds));
  expect_member(child.pid);
  kill_and_reap(&child);
  EXPECT_UNCHANGED(&before, context);
}

void test_child_is_born_in_its_cgroup(void) {
  make_cgroups();
  in_every_way(check_member);
  close(0);
  in_every_way(check_member);
  remove_cgroups();
}

static void check_frozen(struct launch_context *context) {
  struct probe probe;
  probe_init(&probe);
  probe.plan.cgroup = inner_cgroup;
  EXPECT_ERROR(launch_failing(context, &probe.plan), LAUNCH_STEP_CGROUP, EBUSY);
}

/* Its child would never come to execve(2), and the caller with it. */
void test_frozen_cgroup_is_refused(void) {
  make_cgroups();
  write_control(inner_cgroup, "cgroup.freeze", "1");
  in_the_main_ways(check_frozen);
  write_control(inner_cgroup, "cgroup.freeze", "0");
  write_control(cgroup, "cgroup.freeze", "1");
  in_the_main_ways(check_frozen);
  write_control(cgroup, "cgroup.freeze", "0");
  in_the_main_ways(check_member);
  remove_cgroups();
}

static void launch_without_clone3(void *argument) {
  struct launch_context *context = open_context();
  struct probe probe;
  struct probe_report report;
  ASSERT_ZERO(seccomp_install((char *[]){argument}, 1));
  probe_init(&probe);
  probe_run(context, &probe, &report);
  probe_init(&probe);
  probe.plan.cgroup = inner_cgroup;
  const struct launch_error error = launch_failing(context, &probe.plan);
  ASSERT_EQ(error.step, LAUNCH_STEP_CGROUP);
  ASSERT(!probe_has_reported(&probe));
  launch_context_close(context);
}

void test_cgroup_without_clone3_is_an_error_of_its_own(void) {
  make_cgroups();
  in_fork(launch_without_clone3, "clone3=ENOSYS");
  in_fork(launch_without_clone3, "clone3=EPERM");
  remove_cgroups();
}
