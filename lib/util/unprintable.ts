/**
 * Text from other processes and files must not control the terminal that shows it. The pattern matches control characters,
 * which begin escape sequences, invisible format characters, which can reverse the text, and line separators.
 */
export const UNPRINTABLE: RegExp = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Writes unprintable characters as the `\u` escapes of JavaScript and JSON. */
export function escapeUnprintable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => character.split('').map(escapeUnit).join(''));
}

/** `unit` is one of the two halves of a character beyond U+FFFF, or a whole other character. */
function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
