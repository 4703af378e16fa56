/** What Node accepts, or less: what one of these refuses is shown to Node, which has the last word. Never more. */
export type Check = (value: unknown) => boolean;

export const isBoolean: Check = (value) => typeof value === 'boolean';
export const isText: Check = (value) => typeof value === 'string' && !value.includes('\0');
export const isInt32: Check = (value) => typeof value === 'number' && value === (value | 0);
export const isDuration: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
export const isAmount: Check = (value) => typeof value === 'number' && value >= 0;
export const isFunction: Check = (value) => typeof value === 'function';
/** What a synchronous child can be given to read. Nothing is in order too: whatever is falsy counts as that. */
export const isInput: Check = (value) => !value || typeof value === 'string' || ArrayBuffer.isView(value);

export const isAbsentOr =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);

export function hasNul(value: unknown): boolean {
  return typeof value === 'string' && value.includes('\0');
}

export function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * An object whose own properties are all that there is to it, from whatever realm. A Map, a Set or an instance of a class
 * has what it holds elsewhere, and would count as empty.
 */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isRecord(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.hasOwn(prototype, 'isPrototypeOf');
}
