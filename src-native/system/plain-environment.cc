#include "plain-environment.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

namespace {

/* Looks at all bytes before it decides, since the compiler makes vector instructions of such a loop. */
bool IsAscii(std::string_view string) {
  unsigned char bits = 0;

  for (char character : string)
    bits |= static_cast<unsigned char>(character);
  return bits < 0x80;
}

/* Returns the length of the name, or 0 if the string is not plain. */
size_t PlainNameLength(std::string_view string) {
  size_t length = string.find('=');

  if (length == 0 || length == std::string_view::npos) return 0;
  if (string[0] >= '0' && string[0] <= '9') return 0;
  return IsAscii(string) ? length : 0;
}

/* Compares lengths first: most names differ in theirs, and any order brings equal names together. */
bool IsBefore(std::string_view one, std::string_view other) {
  if (one.size() != other.size()) return one.size() < other.size();
  return std::memcmp(one.data(), other.data(), one.size()) < 0;
}

} // namespace

bool IsPlainEnvironment(const char *const *environment) {
  std::vector<std::string_view> names;

  if (environment == nullptr) return false; /* after clearenv(3) */
  names.reserve(64);
  for (; *environment != nullptr; environment++) {
    std::string_view string = *environment;
    size_t length = PlainNameLength(string);
    if (length == 0) return false;
    names.push_back(string.substr(0, length));
  }
  std::sort(names.begin(), names.end(), IsBefore);
  return std::adjacent_find(names.begin(), names.end()) == names.end();
}
