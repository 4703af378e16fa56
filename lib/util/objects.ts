/** Taken at load: a program may replace them later, and what they drop would be missing in the child. */
const { assign, create } = Object;

/** Returns a descriptor of a non-enumerable property, for Object.defineProperty(). */
export function nonEnumerable(value: unknown): PropertyDescriptor {
  return nullPrototype({ value, writable: true, configurable: true });
}

/**
 * Describes a property that is computed at each read. A program can put a value of its own there, as in any other name of
 * an object that it got from Node.
 */
export function computed<T extends object>(name: string, read: (object: T) => unknown): PropertyDescriptor {
  return nullPrototype({
    get(this: T) {
      return read(this);
    },
    set(this: T, value: unknown) {
      const own = { value, writable: true, configurable: true, enumerable: true };
      Object.defineProperty(this, name, nullPrototype(own));
    },
    configurable: true,
  });
}

/** Returns a copy without a prototype, since a property of Object.prototype must not become an option. */
export function nullPrototype<T extends object>(...sources: [T, ...(object | null | undefined)[]]): T {
  const copy = create(null);
  for (let index = 0; index < sources.length; index++) assign(copy, sources[index]);
  return copy;
}
