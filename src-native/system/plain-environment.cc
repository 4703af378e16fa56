#include "plain-environment.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace {

bool IsPlain(std::string_view string) {
  size_t length = string.find('=');

  if (length == 0 || length == std::string_view::npos) return false;
  if (string[0] >= '0' && string[0] <= '9') return false;
  return std::all_of(string.begin(), string.end(), [](char character) { return character > 0; });
}

std::string_view NameOf(std::string_view string) {
  return string.substr(0, string.find('='));
}

} // namespace

bool IsPlainEnvironment(const char *const *environment) {
  std::vector<std::string_view> names;

  if (environment == nullptr) return false; /* after clearenv(3) */
  for (; *environment != nullptr; environment++) {
    std::string_view string = *environment;
    if (!IsPlain(string)) return false;
    names.push_back(NameOf(string));
  }
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) == names.end();
}
