/*
 * launch-request.h: what lib/native/interface.ts passes to launch(), made into a plan, with the pipes that it asks for.
 */
#ifndef SAFE_SPAWN_LAUNCH_REQUEST_H
#define SAFE_SPAWN_LAUNCH_REQUEST_H

#include <string>
#include <vector>

#include "../arguments.h"
#include "../core/launch.h"

/* The first arguments of a launch, in the order of lib/native/interface.ts. */
enum RequestArgument { kStrings, kWords, kRlimits, kSettings, kCgroup, kRequestArguments };

/* Lives for one launch. Closes the ends of its pipes in any case, except ours if they were handed out. */
class LaunchRequest {
public:
  /* Good for nothing if the arguments are wrong. */
  explicit LaunchRequest(Arguments *arguments);
  ~LaunchRequest();
  LaunchRequest(const LaunchRequest &) = delete;
  LaunchRequest &operator=(const LaunchRequest &) = delete;

  /* Makes the pipes. 0 or a negative errno. */
  int OpenStdio();
  void CloseEnds();
  const launch_plan &plan() const {
    return plan_;
  }
  /* Tells large-pipes.h who has the other ends of the pipes. */
  void NameWriter(pid_t child) const;
  /*
   * Our end for each stdio entry, -1 where there is none. From now on they are the receiver's; the child's ends are
   * closed, or ours would never see the end.
   */
  std::vector<int> ReleaseEnds();

private:
  struct Entry {
    int kind;
    int fd;
  };

  void ReadWords(Arguments *arguments);
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
};

#endif
