/*
 * request.h: what lib/native.ts passes to launch(), made into a plan, with the pipes that it asks for.
 */
#ifndef SAFE_SPAWN_REQUEST_H
#define SAFE_SPAWN_REQUEST_H

#include <napi.h>

#include <string>
#include <vector>

#include "core/launch.h"

/* As lib/native.ts names them. */
struct RequestParts {
  Napi::String strings;
  Napi::Int32Array words;
  Napi::Value rlimits;  /* BigUint64Array or undefined */
  Napi::Value settings; /* Int32Array or undefined */
  Napi::Value cgroup;   /* string or undefined */
};

/* Lives for one launch. Closes the ends of its pipes in any case, except ours if they were handed out. */
class Request {
public:
  explicit Request(const RequestParts &parts);
  ~Request();
  Request(const Request &) = delete;
  Request &operator=(const Request &) = delete;

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
  void ReadStrings(const Napi::Int32Array &words);
  void ReadRlimits(const Napi::Value &rlimits);
  void ReadSettings(const Napi::Value &settings);
  int OpenPipe(size_t index);
  int CheckDescriptors() const;

  struct Entry {
    int kind;
    int fd;
  };

  std::string text_;
  std::string cgroup_;
  std::vector<char *> argv_;
  std::vector<char *> envp_;
  std::vector<Entry> stdio_;
  std::vector<int> our_ends_;
  std::vector<int> child_ends_;
  std::vector<launch_fd> fds_;
  std::vector<launch_rlimit> rlimits_;
  std::vector<gid_t> groups_;
  launch_plan plan_ = {};
};

#endif
