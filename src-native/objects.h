/*
 * objects.h: makes what the addon hands to JavaScript. Properties are defined and not set: where a program has put a setter
 * of the same name on Object.prototype, that would be called instead, and the object would lack the value.
 */
#ifndef SAFE_SPAWN_OBJECTS_H
#define SAFE_SPAWN_OBJECTS_H

#include <napi.h>

#include <cstddef>
#include <string>

inline void DefineValue(const Napi::Object &object, const std::string &name, napi_value value) {
  Napi::Env env = object.Env();
  napi_property_descriptor property = {};

  property.name = Napi::String::New(env, name);
  property.value = value;
  property.attributes = napi_default_jsproperty;
  napi_define_properties(env, object, 1, &property);
}

template <typename T>
void Define(const Napi::Object &object, const std::string &name, const T &value) {
  DefineValue(object, name, Napi::Value::From(object.Env(), value));
}

/* `data` is passed to the function, as info.Data(). */
template <typename Function>
void DefineFunction(const Napi::Object &object, const char *name, Function function, void *data = nullptr) {
  DefineValue(object, name, Napi::Function::New(object.Env(), function, name, data));
}

/* Returns an array of the elements that `valueAt` returns for each index. */
template <typename ValueAt>
Napi::Array MakeArray(Napi::Env env, size_t length, ValueAt valueAt) {
  Napi::Array array = Napi::Array::New(env);

  for (size_t i = 0; i < length; i++)
    Define(array, std::to_string(i), valueAt(i));
  return array;
}

#endif
