/**
 * Text from other processes and files must not control the terminal that shows it. The pattern matches control characters,
 * which begin escape sequences, invisible format characters, which can reverse the text, and line separators.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

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
  return JSON.stringify(value, null, 2).replace(UNPRINTABLE, (character) =>
    character === '\n' ? character : character.split('').map(escapeUnit).join(''),
  );
}

/** `unit` is one of the two halves of a character beyond U+FFFF, or a whole other character. */
function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
