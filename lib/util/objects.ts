/** Returns a descriptor of a non-enumerable property, for Object.defineProperty(). */
export function nonEnumerable(value: unknown): PropertyDescriptor {
  return nullPrototype({ value, writable: true, configurable: true });
}

/** Returns a copy without a prototype, since a property of Object.prototype must not become an option. */
export function nullPrototype<T extends object>(...sources: [T, ...(object | null | undefined)[]]): T {
  return Object.assign(Object.create(null), ...sources);
}
