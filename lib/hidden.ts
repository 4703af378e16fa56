import { bare } from './checks.js';

/** Describes a property that does not show: for Object.defineProperty(). */
export function hidden(value: unknown): PropertyDescriptor {
  return bare({ value, writable: true, configurable: true });
}
