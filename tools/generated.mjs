// Parts of the documentation that programs write, each between two marks.
import { readFileSync } from 'node:fs';

/** Returns the page with `content` between the marks. */
export function replaced(page, marks, content) {
  const text = readFileSync(page, 'utf8');
  const [start, end] = marks.map((mark) => text.indexOf(mark));
  if (start < 0 || end < start) throw new Error(`${page} has no place for ${marks[0]}`);
  return `${text.slice(0, start)}${marks[0]}\n\n${content}\n\n${text.slice(end)}`;
}
