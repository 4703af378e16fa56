/** What Node accepts, or less: what one of these refuses is shown to Node, which has the last word. Never more. */
export type Validator = (value: unknown) => boolean;

export const isBoolean: Validator = (value) => typeof value === 'boolean';
export const isStringWithoutNul: Validator = (value) => typeof value === 'string' && !value.includes('\0');
export const isInt32: Validator = (value) => typeof value === 'number' && value === (value | 0);
export const isDuration: Validator = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
export const isNonNegativeNumber: Validator = (value) => typeof value === 'number' && value >= 0;
export const isFunction: Validator = (value) => typeof value === 'function';
/** What a synchronous child can be given to read. Nothing is in order too: whatever is falsy counts as that. */
export const isInput: Validator = (value) => !value || typeof value === 'string' || ArrayBuffer.isView(value);

export const isAbsentOr =
  (validator: Validator): Validator =>
  (value) =>
    value === undefined || value === null || validator(value);

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
