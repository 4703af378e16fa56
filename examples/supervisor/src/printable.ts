/** Text for a terminal, without what would act on it: control characters, and format characters that reverse what follows. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}
