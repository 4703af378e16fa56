/*
 * launch-request.h: makes a launch_plan of the arguments that launch() and runSync() share, and opens the pipes that they
 * ask for.
 */
#ifndef SAFE_SPAWN_LAUNCH_REQUEST_H
#define SAFE_SPAWN_LAUNCH_REQUEST_H

#include <string>
#include <vector>

#include "../arguments.h"
#include "../core/launch.h"

/* Both calls begin with these, which lib/native/interface.ts describes. Their own arguments follow. */
enum RequestArgument { kStrings, kHeader, kRlimits, kAttributes, kCgroup, kResult, kRequestArguments };

/* Lives for one launch. Its destructor closes the ends of its pipes that were not released. */
class LaunchRequest {
public:
  /* The request must not be used if the arguments are wrong. */
  explicit LaunchRequest(Arguments *arguments);
  ~LaunchRequest();
  LaunchRequest(const LaunchRequest &) = delete;
  LaunchRequest &operator=(const LaunchRequest &) = delete;

  /* Makes the pipes. Returns 0 or a negative errno. */
  int OpenStdio();
  void CloseEnds();
  const launch_plan &plan() const {
    return plan_;
  }
  /* The caller's array, which has room for RESULT_LENGTH numbers. */
  int32_t *result() const {
    return result_;
  }
  /* Tells large-pipes.h which process has the other ends of the pipes. */
  void NameWriter(pid_t child) const;
  /*
   * Returns the parent's end for each stdio entry, or -1 where there is none. The receiver closes them. The child's ends
   * are closed here: the parent would otherwise never see the end of a pipe.
   */
  std::vector<int> ReleaseEnds();

private:
  struct Entry {
    int kind;
    int fd;
  };

  void ReadHeader(Arguments *arguments);
  void ReadStdio(NumberReader<int32_t> *header, int32_t count);
  void ReadStrings(StringReader *strings, int32_t argument_count, int32_t environment_count);
  void ReadRlimits(Arguments *arguments);
  void ReadAttributes(Arguments *arguments);
  int OpenPipe(size_t index);
  int CheckDescriptors() const;

  std::string text_;
  std::string cgroup_;
  std::vector<char *> argv_;
  std::vector<char *> envp_;
  std::vector<Entry> stdio_;
  std::vector<int> kept_; /* descriptors that keep their number */
  std::vector<int> parent_ends_;
  std::vector<int> child_ends_;
  std::vector<launch_fd> fds_;
  std::vector<launch_rlimit> rlimits_;
  std::vector<gid_t> groups_;
  launch_plan plan_ = {};
  int32_t *result_;
};

#endif
