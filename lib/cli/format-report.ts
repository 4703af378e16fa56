import type { Finding, Note, ProcessSummary, Report } from '../inspect/index.js';
import { drawDiagram } from './diagram.js';
import { advice, headline, noteText } from './messages.js';
import { printableCopy } from './printable.js';

/** Returns the report as text for people. `style` adds colour, or none. */
export function formatReport(report: Report, style: Style): string {
  const { findings, notes, processes } = printableCopy(report);
  return [
    ...findings.map((finding) => printFinding(finding, style)),
    ...groupByProcess(notes).map((group) => printNotes(group, style)),
    printCount(findings, processes),
  ].join('\n');
}

export interface Style {
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
}

function printFinding(finding: Finding, style: Style): string {
  const facts: [string, string][] = [...describeProcess(finding.process), ...advice(finding)];
  return lines([
    style.bad(headline(finding)),
    ...drawDiagram(finding).map((line) => `  ${line}`),
    ...facts.map(([label, text]) => `  ${style.dim(label.padEnd(8))} ${text}`),
  ]);
}

function describeProcess({ command, name, parent, state }: ProcessSummary): [string, string][] {
  return [
    ['command', shorten(command || `(${name})`)],
    [
      'state',
      `${state}, parent ${parent === 1 ? '1: its first parent has exited, unless that was init' : parent}`,
    ],
  ];
}

const LONGEST_COMMAND = 200;

function shorten(text: string): string {
  return text.length > LONGEST_COMMAND ? `${text.slice(0, LONGEST_COMMAND)}...` : text;
}

function groupByProcess(notes: readonly Note[]): Note[][] {
  const groups = new Map<number, Note[]>();
  for (const note of notes) groups.set(note.process.pid, [...(groups.get(note.process.pid) ?? []), note]);
  return [...groups.values()];
}

function printNotes(notes: readonly Note[], style: Style): string {
  const [first] = notes;
  const title = first === undefined ? '' : `${first.process.name} ${first.process.pid}, for your information`;
  return lines([style.dim(title), ...notes.map((note) => `  ${noteText(note)}`)]);
}

function printCount({ length }: readonly Finding[], { seen, unreadable }: Report['processes']): string {
  const hidden = unreadable > 0 ? `, ${unreadable} of which belong to other users and could not be read` : '';
  return `${length === 0 ? 'nothing' : length} found; ${seen} processes${hidden}\n`;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
