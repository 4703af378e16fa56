import { inspect, type Report } from '../inspect/index.js';
import { formatReport, type Style } from './format-report.js';
import { printable, printableJson } from './printable.js';

const CLEAN = 0;
const FOUND = 1;
/** Exit status for wrong usage, and for a process that could not be inspected. */
export const FAILED = 2;

const OPTIONS = ['--json', '--notes'];

interface Arguments {
  readonly json: boolean;
  readonly notes: boolean;
  readonly pids: number[];
  readonly unknown: string[];
}

/** Runs `safe-spawn inspect` and returns its exit status. */
export function inspectCommand(argv: readonly string[]): number {
  const { json, notes, pids, unknown } = parseArguments(argv);
  for (const argument of unknown) complain(`${argument}: neither a PID nor an option`);
  if (unknown.length > 0 && pids.length === 0) return FAILED;
  const report = tryInspect(pids, notes);
  if (report === undefined) return FAILED;
  process.stdout.write(json ? `${printableJson(report)}\n` : formatReport(report, style()));
  for (const { pid, code } of report.failures) {
    complain(
      `${pid}: ${code === 'ESRCH' ? 'no such process' : 'may not be read: it belongs to another user'}`,
    );
  }
  if (unknown.length > 0 || report.failures.length > 0) return FAILED;
  return report.findings.length > 0 ? FOUND : CLEAN;
}

function parseArguments(argv: readonly string[]): Arguments {
  const isPid = (argument: string) => /^[1-9]\d{0,9}$/.test(argument);
  return {
    json: argv.includes('--json'),
    notes: argv.includes('--notes'),
    pids: argv.filter(isPid).map(Number),
    unknown: argv.filter((argument) => !isPid(argument) && !OPTIONS.includes(argument)),
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

/** Returns a style with colour if stdout is a terminal and NO_COLOR is not set (https://no-color.org). */
function style(): Style {
  const isColoured = process.stdout.isTTY && !process.env['NO_COLOR'];
  const paint = (code: number) => (text: string) => (isColoured ? `\x1b[${code}m${text}\x1b[0m` : text);
  return { bad: paint(31), dim: paint(2) };
}
