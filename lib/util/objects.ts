/** Describes a property that does not show: for Object.defineProperty(). */
export function hidden(value: unknown): PropertyDescriptor {
  return bare({ value, writable: true, configurable: true });
}

/** A copy without a prototype: what a program has put on Object.prototype must not become an option. */
export function bare<T extends object>(...sources: [T, ...(object | null | undefined)[]]): T {
  return Object.assign(Object.create(null), ...sources);
}
