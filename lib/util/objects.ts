/** Describes a property that does not show: for Object.defineProperty(). */
export function nonEnumerable(value: unknown): PropertyDescriptor {
  return nullPrototype({ value, writable: true, configurable: true });
}

/** A copy without a prototype: what a program has put on Object.prototype must not become an option. */
export function nullPrototype<T extends object>(...sources: [T, ...(object | null | undefined)[]]): T {
  return Object.assign(Object.create(null), ...sources);
}
