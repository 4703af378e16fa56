/**
 * Returns whether a value is valid. Each validator accepts a subset of what Node accepts, never more. The caller passes a
 * rejected value to Node, which decides and throws its own error.
 */
export type Validator = (value: unknown) => boolean;

export const isBoolean: Validator = (value) => typeof value === 'boolean';
export const isStringWithoutNul: Validator = (value) => typeof value === 'string' && !value.includes('\0');
export const isInt32: Validator = (value) => typeof value === 'number' && value === (value | 0);
export const isDuration: Validator = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
export const isNonNegativeNumber: Validator = (value) => typeof value === 'number' && value >= 0;
export const isFunction: Validator = (value) => typeof value === 'function';
/** Accepts the `input` of a synchronous child. Any falsy value means no input, as in Node. */
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
 * Returns whether a value is a plain object, of any realm. A Map, a Set or an instance of a class keeps its contents
 * elsewhere than in its own properties, and would count as empty.
 */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isRecord(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.hasOwn(prototype, 'isPrototypeOf');
}
