#include "system.h"

#include <cerrno>
#include <cstdint>
#include <grp.h>
#include <pwd.h>

#include <string>
#include <vector>

#include "../arguments.h"
#include "../objects.h"
#include "../system-error.h"

namespace {

constexpr size_t kFirstBuffer = 1024, kLargestBuffer = 16 * 1024 * 1024;

/* Calls a function like getpwnam_r(3) with as large a buffer as it needs. Returns 0 or an errno; *ret_found is null for none. */
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

/* The name services answer an unknown name with different errors, which getpwnam_r(3) lists. */
bool MeansUnknown(int error) {
  return error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
}

Napi::Value NotFound(Napi::Env env, int error, const char *call) {
  if (!MeansUnknown(error)) ThrowErrno(env, -error, call);
  return env.Undefined();
}

Napi::Value LookupUser(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  std::string name = arguments.CText(0, "name");
  std::vector<char> buffer;
  passwd entry, *found = nullptr;

  if (arguments.Throws()) return {};
  int error = LookUp([&](auto... to) { return getpwnam_r(name.c_str(), to...); }, &entry, &buffer, &found);
  if (found == nullptr) return NotFound(info.Env(), error, "getpwnam_r");
  Napi::Object user = Napi::Object::New(info.Env());
  Define(user, "uid", found->pw_uid);
  Define(user, "gid", found->pw_gid);
  return user;
}

Napi::Value LookupUid(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  auto uid = static_cast<uid_t>(arguments.Integer(0, "uid", 0, UINT32_MAX));
  std::vector<char> buffer;
  passwd entry, *found = nullptr;

  if (arguments.Throws()) return {};
  int error = LookUp([&](auto... to) { return getpwuid_r(uid, to...); }, &entry, &buffer, &found);
  if (found == nullptr) return NotFound(info.Env(), error, "getpwuid_r");
  Napi::Object user = Napi::Object::New(info.Env());
  Define(user, "name", static_cast<const char *>(found->pw_name));
  Define(user, "gid", found->pw_gid);
  return user;
}

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

Napi::Value GroupsOf(const Napi::CallbackInfo &info) {
  Arguments arguments(info);
  std::string name = arguments.CText(0, "user");
  auto gid = static_cast<gid_t>(arguments.Integer(1, "gid", 0, UINT32_MAX));
  std::vector<gid_t> groups(64);
  int count = static_cast<int>(groups.size());

  if (arguments.Throws()) return {};
  while (getgrouplist(name.c_str(), gid, groups.data(), &count) < 0) {
    /* Only a lack of room raises the count. Otherwise a file can't be read, or memory is full. */
    if (static_cast<size_t>(count) <= groups.size()) {
      ThrowErrno(info.Env(), -errno, "getgrouplist");
      return info.Env().Undefined();
    }
    groups.resize(static_cast<size_t>(count));
  }
  return MakeArray(info.Env(), static_cast<size_t>(count), [&](size_t i) { return groups[i]; });
}

} // namespace

void ExportUserDatabase(Napi::Object exports) {
  DefineFunction(exports, "lookupUser", LookupUser);
  DefineFunction(exports, "lookupUid", LookupUid);
  DefineFunction(exports, "lookupGroup", LookupGroup);
  DefineFunction(exports, "groupsOf", GroupsOf);
}
