#include "arguments.h"

#include <cstring>

#include "system-error.h"

namespace {

template <typename T>
constexpr napi_typedarray_type kType = napi_int32_array;
template <>
constexpr napi_typedarray_type kType<uint64_t> = napi_biguint64_array;
template <>
constexpr napi_typedarray_type kType<double> = napi_float64_array;

template <typename T>
constexpr const char *kTypeName = "an Int32Array";
template <>
constexpr const char *kTypeName<uint64_t> = "a BigUint64Array";
template <>
constexpr const char *kTypeName<double> = "a Float64Array";

template <typename T>
struct Elements {
  T *data;
  size_t length;
};

/* Returns no data for an array whose buffer was detached, or became too small for it. */
template <typename T>
Elements<T> ElementsOf(Arguments *arguments, const Napi::Value &value, const char *name) {
  napi_typedarray_type type;
  size_t length = 0;
  void *data = nullptr;

  if (napi_get_typedarray_info(value.Env(), value, &type, &length, &data, nullptr, nullptr) != napi_ok ||
      type != kType<T>) {
    arguments->NoteType(name, kTypeName<T>);
    return {nullptr, 0};
  }
  return {static_cast<T *>(data), data == nullptr ? 0 : length};
}

} // namespace

int64_t Arguments::Integer(size_t index, const char *name, int64_t least, int64_t most) {
  double number = 0;

  if (napi_get_value_double(info_.Env(), info_[index], &number) != napi_ok) {
    NoteType(name, "a number");
    return least;
  }
  if (number >= static_cast<double>(least) && number <= static_cast<double>(most)) {
    auto integer = static_cast<int64_t>(number);
    if (static_cast<double>(integer) == number) return integer;
  }
  NoteRange(name, "an integer that is in range");
  return least;
}

bool Arguments::Boolean(size_t index, const char *name) {
  bool value = false;

  if (napi_get_value_bool(info_.Env(), info_[index], &value) != napi_ok) NoteType(name, "a boolean");
  return value;
}

Napi::Function Arguments::Function(size_t index, const char *name) {
  Napi::Value value = info_[index];

  if (!value.IsFunction()) NoteType(name, "a function");
  return value.As<Napi::Function>();
}

Napi::Object Arguments::Object(size_t index, const char *name) {
  Napi::Value value = info_[index];

  if (!value.IsObject()) NoteType(name, "an object");
  return value.As<Napi::Object>();
}

std::string Arguments::Text(size_t index, const char *name) {
  Napi::Value value = info_[index];

  if (value.IsString()) return value.As<Napi::String>().Utf8Value();
  NoteType(name, "a string");
  return {};
}

std::string Arguments::CText(size_t index, const char *name) {
  std::string text = Text(index, name);

  if (text.find('\0') != std::string::npos) NoteRange(name, "a string without NUL");
  return text;
}

template <typename T>
std::vector<T> Arguments::Numbers(size_t index, const char *name) {
  Elements<T> elements = ElementsOf<T>(this, info_[index], name);

  return std::vector<T>(elements.data, elements.data + elements.length);
}

template std::vector<int32_t> Arguments::Numbers(size_t, const char *);
template std::vector<uint64_t> Arguments::Numbers(size_t, const char *);
template std::vector<double> Arguments::Numbers(size_t, const char *);

int32_t *Arguments::Room(size_t index, const char *name, size_t length) {
  Elements<int32_t> elements = ElementsOf<int32_t>(this, info_[index], name);

  if (!AreWrong() && elements.length < length) NoteRange(name, "long enough for what is written to it");
  return AreWrong() ? nullptr : elements.data;
}

Arguments::Bytes Arguments::View(size_t index, const char *name) {
  void *data = nullptr;
  size_t size = 0;

  /* Every view is a buffer to Node-API, which ends the process when asked for the bytes of something else. */
  if (!info_[index].IsBuffer())
    NoteType(name, "a typed array or a DataView");
  else if (napi_get_buffer_info(info_.Env(), info_[index], &data, &size) != napi_ok)
    size = 0;
  return {static_cast<const char *>(data), data == nullptr ? 0 : size};
}

void Arguments::NoteType(const char *name, const char *expected) {
  if (AreWrong()) return;
  wrong_ = std::string(name) + " must be " + expected;
  is_type_ = true;
}

void Arguments::NoteRange(const char *name, const char *expected) {
  if (!AreWrong()) wrong_ = std::string(name) + " must be " + expected;
}

bool Arguments::Throws() const {
  if (!AreWrong()) return false;
  if (is_type_)
    ThrowWithCode(Napi::TypeError::New(info_.Env(), wrong_), "ERR_INVALID_ARG_TYPE");
  else
    ThrowWithCode(Napi::RangeError::New(info_.Env(), wrong_), "ERR_OUT_OF_RANGE");
  return true;
}

char *StringReader::Next() {
  auto *nul = static_cast<char *>(memchr(next_, '\0', static_cast<size_t>(end_ - next_)));

  if (nul == nullptr) {
    arguments_.NoteRange(name_, "as many strings as are counted, each followed by NUL");
    return end_; /* a std::string ends with NUL */
  }
  char *string = next_;
  next_ = nul + 1;
  return string;
}

void StringReader::End() {
  if (next_ != end_) arguments_.NoteRange(name_, "as many strings as are counted, each followed by NUL");
}
