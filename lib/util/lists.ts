/**
 * Copies a list into a plain array and reads each index once. Iterators, species, overridden methods and proxies are foreign
 * code, which could return another length each time or start a child itself. A program can replace `push` and the iterator
 * of all arrays too, so neither is used.
 */
export function copyList<T>(list: ArrayLike<T>): T[] {
  const copy: T[] = [];
  const { length } = list;
  for (let index = 0; index < length; index++) copy[index] = list[index] as T;
  return copy;
}

/** Returns a plain array of what a function makes of each element, which is read as {@link copyList} reads it. */
export function mapList<T, Result>(list: ArrayLike<T>, map: (element: T, index: number) => Result): Result[] {
  const copy: Result[] = [];
  const { length } = list;
  for (let index = 0; index < length; index++) copy[index] = map(list[index] as T, index);
  return copy;
}

/** Adds the elements of a plain array to another one, as {@link copyList} copies them. */
export function append<T>(list: T[], added: readonly T[]): T[] {
  const { length } = list;
  for (let index = 0; index < added.length; index++) list[length + index] = added[index] as T;
  return list;
}
