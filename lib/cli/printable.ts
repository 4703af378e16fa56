import { escapeUnprintable, UNPRINTABLE } from '../util/unprintable.js';

export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '?');
}

/** Returns a copy of `value`, which JSON can represent, in which every string is printable. */
export function printableCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_key, item) =>
    typeof item === 'string' ? printable(item) : item,
  );
}

/** Returns indented JSON. A parser reads the same strings from it, since unprintable characters become `\u` escapes. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).split('\n').map(escapeUnprintable).join('\n');
}
