// The documents, and what can be read out of their text.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Not written here, or not for readers: the report of the public surface in etc/ is checked where it is made. */
const NO_DOCUMENTS_IN = ['node_modules', 'build', 'dist', 'prebuilds', 'coverage', 'fixtures', 'etc'];

export const documents = documentsBelow('');

function documentsBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !NO_DOCUMENTS_IN.includes(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return documentsBelow(path);
      return entry.name.endsWith('.md') ? [path] : [];
    });
}

export function text(document) {
  return readFileSync(join(root, document), 'utf8');
}

/** Without its code, in which nothing is a link or a heading. */
export function prose(document) {
  return text(document).replace(/^```.*?^```$/gms, '');
}

/** Each with the language after its fence, and the line it starts in. */
export function blocks(document) {
  const source = text(document);
  return [...source.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(({ 1: language, 2: code, index }) => ({
    language,
    code,
    line: source.slice(0, index).split('\n').length,
  }));
}

/** Lines that a block promises to print: `// prints WORDS`, or `# prints WORDS` in a shell. */
export function promised(code) {
  return [...code.matchAll(/(?:\/\/|#) prints (.*)$/gm)].map(([, words]) => words);
}

/** The file that a block is, by its first line: `// NAME`, or `// NAME: what for`. */
export function fileName(code) {
  return /^\/\/ ([\w-]+\.[cm]?[jt]s)\b/.exec(code)?.[1];
}

/** The targets of all links. */
export function links(document) {
  return [...prose(document).matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map(([, target]) => target);
}

/** What GitHub makes of the headings: the n-th of the same words ends in -n. */
export function anchors(document) {
  const seen = new Map();
  return [...prose(document).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => {
    const words = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-');
    const earlier = seen.get(words) ?? 0;
    seen.set(words, earlier + 1);
    return earlier === 0 ? words : `${words}-${earlier}`;
  });
}

/** The @example parts of the comments in lib/, each with the file it is in. */
export function commentExamples() {
  return sources('lib').flatMap((file) =>
    [...text(file).matchAll(/^ *\* @example\n((?: *\* (?!@).*\n)+)/gm)].map(([, lines]) => ({
      file,
      code: lines.replace(/^ *\* /gm, ''),
    })),
  );
}

function sources(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}
