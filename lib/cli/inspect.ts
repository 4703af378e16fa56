import { inspect, type Report } from '../inspect/index.js';
import { formatReport, type Style } from './format-report.js';
import { printable, printableJson } from './printable.js';

const CLEAN = 0;
const FOUND = 1;
/** Exit status of whatever can give no answer, wrong usage first. */
export const WRONG = 2;

const OPTIONS = ['--json', '--notes'];

interface Words {
  readonly json: boolean;
  readonly notes: boolean;
  readonly pids: number[];
  readonly wrong: string[];
}

/** Returns the exit status. */
export function inspectCommand(words: readonly string[]): number {
  const { json, notes, pids, wrong } = readWords(words);
  for (const word of wrong) complain(`${word}: neither a PID nor an option`);
  if (wrong.length > 0 && pids.length === 0) return WRONG;
  const report = tryInspect(pids, notes);
  if (report === undefined) return WRONG;
  process.stdout.write(json ? `${printableJson(report)}\n` : formatReport(report, style()));
  for (const { pid, code } of report.failures) {
    complain(
      `${pid}: ${code === 'ESRCH' ? 'no such process' : 'belongs to another user, and may not be read'}`,
    );
  }
  if (wrong.length > 0 || report.failures.length > 0) return WRONG;
  return report.findings.length > 0 ? FOUND : CLEAN;
}

function readWords(words: readonly string[]): Words {
  const isPid = (word: string) => /^[1-9]\d{0,9}$/.test(word);
  return {
    json: words.includes('--json'),
    notes: words.includes('--notes'),
    pids: words.filter(isPid).map(Number),
    wrong: words.filter((word) => !isPid(word) && !OPTIONS.includes(word)),
  };
}

function tryInspect(pids: readonly number[], notes: boolean): Report | undefined {
  try {
    return inspect(pids.length > 0 ? { pids } : { notes });
  } catch (error) {
    complain((error as Error).message);
    return undefined;
  }
}

function complain(line: string): void {
  process.stderr.write(`safe-spawn inspect: ${printable(line)}\n`);
}

/** Colour where a terminal shows it, and the user has not asked for none: https://no-color.org */
function style(): Style {
  const isColoured = process.stdout.isTTY && !process.env['NO_COLOR'];
  const paint = (code: number) => (text: string) => (isColoured ? `\x1b[${code}m${text}\x1b[0m` : text);
  return { bad: paint(31), dim: paint(2) };
}
