/*
 * arguments.h: reads what JavaScript passes to a function of the addon, and trusts none of it. The first argument that
 * is wrong is remembered, and everything reads as empty from then on; Throws() ends the call before it does anything.
 *
 * Nothing here runs JavaScript: a value is taken if it has the right type, and is not converted. Numbers are copied
 * before they are looked at, since another thread can write to a shared array at any time.
 */
#ifndef SAFE_SPAWN_ARGUMENTS_H
#define SAFE_SPAWN_ARGUMENTS_H

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

class Arguments {
public:
  static constexpr int64_t kHighestInteger = (int64_t{1} << 53) - 1; /* Number.MAX_SAFE_INTEGER */

  explicit Arguments(const Napi::CallbackInfo &info) : info_(info) {
  }

  bool Has(size_t index) const {
    return !info_[index].IsUndefined();
  }
  int64_t Integer(size_t index, const char *name, int64_t least, int64_t most);
  bool Boolean(size_t index, const char *name);
  Napi::Function Function(size_t index, const char *name);
  Napi::Object Object(size_t index, const char *name);
  std::string Text(size_t index, const char *name);
  /* Refuses NUL, since C would see the end there. */
  std::string CText(size_t index, const char *name);
  template <typename T>
  std::vector<T> Numbers(size_t index, const char *name);
  /* Returns where at least `length` numbers can be written, or nullptr if there is no room. */
  int32_t *Room(size_t index, const char *name, size_t length);
  struct Bytes {
    const char *data;
    size_t size;
  };
  /* Returns the bytes of a view of any kind. They stay where they are until JavaScript runs again. */
  Bytes View(size_t index, const char *name);

  void NoteType(const char *name, const char *expected);
  void NoteRange(const char *name, const char *expected);
  bool AreWrong() const {
    return !wrong_.empty();
  }
  /* Returns true if anything was wrong. A TypeError or RangeError with `code` is pending then. */
  bool Throws() const;

private:
  const Napi::CallbackInfo &info_;
  std::string wrong_; /* the message */
  bool is_type_ = false;
};

/* Reads the numbers of an argument in their order. It is wrong to read past the end, or a number that is out of range. */
template <typename T>
class NumberReader {
public:
  NumberReader(Arguments *arguments, size_t index, const char *name)
      : arguments_(*arguments), name_(name), numbers_(arguments->Numbers<T>(index, name)) {
  }

  T Next(T least = std::numeric_limits<T>::min(), T most = std::numeric_limits<T>::max()) {
    if (next_ == numbers_.size()) arguments_.NoteRange(name_, "long enough for its own counts");
    if (!IsRight()) return least;
    T number = numbers_[next_++];
    if (number >= least && number <= most) return number;
    arguments_.NoteRange(name_, "made of numbers that are in range");
    return least;
  }
  bool HasNext() const {
    return IsRight() && next_ < numbers_.size();
  }
  /* A loop up to a count ends with the first thing that is wrong. */
  bool IsRight() const {
    return !arguments_.AreWrong();
  }

private:
  Arguments &arguments_;
  const char *name_;
  std::vector<T> numbers_;
  size_t next_ = 0;
};

/* Reads strings from one text, in which each ends with NUL. */
class StringReader {
public:
  StringReader(Arguments *arguments, const char *name, std::string *text)
      : arguments_(*arguments), name_(name), next_(text->data()), end_(next_ + text->size()) {
  }

  char *Next();
  /* Call it after the last string. Text that is left over is wrong too. */
  void End();
  bool IsRight() const {
    return !arguments_.AreWrong();
  }

private:
  Arguments &arguments_;
  const char *name_;
  char *next_;
  char *end_;
};

#endif
