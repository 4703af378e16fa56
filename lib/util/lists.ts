/**
 * Copies a list into a plain array and reads each index once. Iterators, species, overridden methods and proxies are foreign
 * code, which could return another length each time or start a child itself.
 */
export function copyList<T>(list: ArrayLike<T>): T[] {
  const copy: T[] = [];
  const { length } = list;
  for (let index = 0; index < length; index++) copy.push(list[index] as T);
  return copy;
}
