// The fenced code blocks of the documentation.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs')).map((name) => join('docs', name)),
];

export function text(document) {
  return readFileSync(join(root, document), 'utf8');
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
