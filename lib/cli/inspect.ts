import { inspect, type Report } from '../inspect/index.js';
import { printReport } from './print.js';

const CLEAN = 0;
const FOUND = 1;
const WRONG = 2;

interface Words {
  readonly json: boolean;
  readonly pids: number[];
  readonly wrong: string[];
}

/** Returns the exit status. */
export function inspectCommand(words: readonly string[]): number {
  const { json, pids, wrong } = readWords(words);
  for (const word of wrong) complain(`${word}: neither a PID nor an option`);
  if (wrong.length > 0 && pids.length === 0) return WRONG;
  const report = tryInspect(pids);
  if (report === undefined) return WRONG;
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : printReport(report));
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
    pids: words.filter(isPid).map(Number),
    wrong: words.filter((word) => !isPid(word) && word !== '--json'),
  };
}

function tryInspect(pids: readonly number[]): Report | undefined {
  try {
    return inspect(pids.length > 0 ? { pids } : {});
  } catch (error) {
    complain((error as Error).message);
    return undefined;
  }
}

function complain(line: string): void {
  process.stderr.write(`safe-spawn inspect: ${line}\n`);
}
