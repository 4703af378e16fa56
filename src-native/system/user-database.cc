#include "system.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <grp.h>
#include <pwd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "../arguments.h"
#include "../system-error.h"

namespace {

constexpr size_t kFirstBuffer = 1024, kLargestBuffer = 16 * 1024 * 1024;

/* A getpwnam_r(3)-like call with as large a buffer as it needs. 0, with *ret_found null for none, or an errno. */
template <typename Entry, typename Lookup>
int LookUp(Lookup lookup, Entry *entry, std::vector<char> *buffer, Entry **ret_found) {
  int error = ERANGE;

  for (size_t size = kFirstBuffer; error == ERANGE && size <= kLargestBuffer; size *= 4) {
    buffer->resize(size);
    do
      error = lookup(entry, buffer->data(), buffer->size(), ret_found);
    while (error == EINTR);
  }
  return error;
}

/* What the name services answer for an unknown name differs: getpwnam_r(3) lists these. */
bool MeansUnknown(int error) {
  return error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
}

Napi::Value NotFound(Napi::Env env, int error, const char *call) {
  if (!MeansUnknown(error)) ThrowErrno(env, -error, call);
  return env.Undefined();
}

/* name -> {uid, gid}; undefined for an unknown one. */
Napi::Value LookupUser(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  std::string name = arguments.CText(0, "name");
  std::vector<char> buffer;
  passwd entry, *found = nullptr;

  if (arguments.Throws()) return {};
  int error = LookUp([&](auto... to) { return getpwnam_r(name.c_str(), to...); }, &entry, &buffer, &found);

  if (found == nullptr) return NotFound(info.Env(), error, "getpwnam_r");
  Napi::Object user = Napi::Object::New(info.Env());
  user.Set("uid", static_cast<double>(found->pw_uid));
  user.Set("gid", static_cast<double>(found->pw_gid));
  return user;
}

/* uid -> {name, gid}; undefined for one without a name. */
Napi::Value LookupUid(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  auto uid = static_cast<uid_t>(arguments.Integer(0, "uid", 0, UINT32_MAX));
  std::vector<char> buffer;
  passwd entry, *found = nullptr;

  if (arguments.Throws()) return {};
  int error = LookUp([&](auto... to) { return getpwuid_r(uid, to...); }, &entry, &buffer, &found);

  if (found == nullptr) return NotFound(info.Env(), error, "getpwuid_r");
  Napi::Object user = Napi::Object::New(info.Env());
  user.Set("name", found->pw_name);
  user.Set("gid", static_cast<double>(found->pw_gid));
  return user;
}

/* name -> gid; undefined for an unknown one. */
Napi::Value LookupGroup(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  std::string name = arguments.CText(0, "name");
  std::vector<char> buffer;
  group entry, *found = nullptr;

  if (arguments.Throws()) return {};
  int error = LookUp([&](auto... to) { return getgrnam_r(name.c_str(), to...); }, &entry, &buffer, &found);

  if (found == nullptr) return NotFound(info.Env(), error, "getgrnam_r");
  return Napi::Number::New(info.Env(), static_cast<double>(found->gr_gid));
}

/* getgrouplist(3): user name, gid -> the groups that initgroups(3) would set. */
Napi::Value GroupsOf(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  std::string name = arguments.CText(0, "user");
  auto gid = static_cast<gid_t>(arguments.Integer(1, "gid", 0, UINT32_MAX));
  std::vector<gid_t> groups(64);
  int count = static_cast<int>(groups.size());

  if (arguments.Throws()) return {};
  while (getgrouplist(name.c_str(), gid, groups.data(), &count) < 0) {
    /* Want of room shows in the count; a file that can't be read, or want of memory, does not. */
    if (static_cast<size_t>(count) <= groups.size()) {
      ThrowErrno(info.Env(), -errno, "getgrouplist");
      return info.Env().Undefined();
    }
    groups.resize(static_cast<size_t>(count));
  }
  Napi::Array array = Napi::Array::New(info.Env(), static_cast<size_t>(count));
  for (uint32_t i = 0; i < static_cast<uint32_t>(count); i++)
    array[i] = Napi::Number::New(info.Env(), static_cast<double>(groups[i]));
  return array;
}

} // namespace

void ExportUserDatabase(Napi::Env env, Napi::Object exports) {
  exports.Set("lookupUser", Napi::Function::New(env, LookupUser, "lookupUser"));
  exports.Set("lookupUid", Napi::Function::New(env, LookupUid, "lookupUid"));
  exports.Set("lookupGroup", Napi::Function::New(env, LookupGroup, "lookupGroup"));
  exports.Set("groupsOf", Napi::Function::New(env, GroupsOf, "groupsOf"));
}
