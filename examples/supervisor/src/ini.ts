/** The keys of one section, with their values as text. */
export type Section = Map<string, string>;

/** Sections by name. A line that starts with a blank goes on with the value above; `;` starts a comment. */
export function parseIni(text: string): Map<string, Section> {
  const sections = new Map<string, Section>();
  let section: Section | undefined;
  let key: string | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/^#.*|(^|\s);.*/, '').trimEnd();
    const name = /^\[(.+)\]$/.exec(line)?.[1];
    const pair = /^([\w.]+)\s*=\s*(.*)$/.exec(line);
    if (name !== undefined) {
      if (sections.has(name)) throw new Error(`line ${index + 1}: [${name}] is there already`);
      section = new Map();
      sections.set(name, section);
      key = undefined;
    } else if (section && pair?.[1]) {
      key = pair[1];
      section.set(key, pair[2] ?? '');
    } else if (section && key && /^\s+\S/.test(line)) {
      section.set(key, `${section.get(key)} ${line.trim()}`.trim());
    } else if (line !== '') {
      throw new Error(`line ${index + 1}: neither [section] nor key = value`);
    }
  }
  return sections;
}

/** Splits as a shell does, with its quotes; `separators` as inside [] of a regular expression. */
export function words(text: string, separators = '\\s'): string[] {
  const word = new RegExp(String.raw`(?:[^${separators}"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+`, 'g');
  const left = text.replace(word, '').replace(new RegExp(`[${separators}]+`, 'g'), '');
  if (left !== '') throw new Error(`a ${left[0]} without its end in ${text}`);
  return (text.match(word) ?? []).map(unquoted);
}

function unquoted(word: string): string {
  return word.replace(
    /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
    (_, escaped?: string, double?: string, single?: string) =>
      escaped ?? single ?? (double ?? '').replace(/\\(["\\])/g, '$1'),
  );
}
