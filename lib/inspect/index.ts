import { invalidType, outOfRange } from '../util/errors.js';
import { assertLinux } from '../util/platform.js';
import { confirmSuspects, type Suspect } from './confirm.js';
import { collectReaderNotes } from './notes.js';
import { Proc, type ProcessStat } from './proc.js';
import { type ProcessTable, readArguments, readProcessTable } from './process-table.js';
import type { Finding, FindingKind, ProcessSummary, Report } from './report.js';
import { scanProcesses } from './scan.js';

export type { FdAccess, FdFlags } from '../util/procfs-fds.js';
export type {
  Descriptor,
  Failure,
  Finding,
  FindingKind,
  Holder,
  Note,
  NoteKind,
  ProcessSummary,
  Report,
} from './report.js';

export interface InspectOptions {
  /**
   * Processes to report on. Default: all that this user may read. All processes are read in any case, to find the holders
   * of the other pipe ends.
   */
  readonly pids?: readonly number[];
  /**
   * Also reports facts that are not faults by themselves ({@link NoteKind}), which takes more time for each process.
   * Default: true with `pids`, otherwise false.
   */
  readonly notes?: boolean;
  /** Directory where proc(5) is mounted, or a copy of the one of another machine. Default: `/proc`. */
  readonly root?: string;
}

/** The kinds of findings in the order of the report, worst first. */
const KINDS: readonly FindingKind[] = ['self-held-pipe', 'leaked-end', 'leaked-listener', 'leaked-terminal'];

/**
 * Finds file descriptors that leaked into children, in the processes that this user may read.
 *
 * It blocks the thread for about 10 µs for each descriptor. If there is a suspect, it waits another 100 to 200 ms to look
 * again. In a server, call it in a Worker.
 *
 * A process in `pids` that has ended or may not be read is listed in `failures`. Others that may not be read are counted.
 *
 * Throws `ERR_INVALID_ARG_TYPE` or `ERR_OUT_OF_RANGE` for an invalid PID, `ENOENT` if proc(5) is not mounted, and
 * `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` on platforms other than Linux.
 *
 * @example
 * const { findings } = inspect();
 * for (const finding of findings) if (finding.blocked) console.error(`${finding.process.pid} hangs`);
 */
export function inspect(options: InspectOptions = {}): Report {
  assertLinux('inspect()');
  const pids = readPids(options.pids);
  const table = readProcessTable(new Proc(options.root ?? '/proc'));
  const wantsNotes = options.notes ?? pids !== undefined;
  const { suspects, failures, unreadable, drafts, outputs } = scanProcesses(table, pids, wantsNotes);
  if (unreadable === 0) drafts.push(...collectReaderNotes(table, outputs));
  return {
    version: 1,
    findings: confirm(table, suspects).sort(byWeight),
    notes: drafts.map(([process, draft]) => ({ ...draft, process: summarize(table, process) })),
    failures,
    processes: { seen: table.processes.size, unreadable },
  };
}

function readPids(pids: unknown): ReadonlySet<number> | undefined {
  if (pids === undefined) return undefined;
  if (!Array.isArray(pids)) throw invalidType('options.pids', 'an instance of Array', pids);
  for (const [index, pid] of pids.entries()) {
    const name = `options.pids[${index}]`;
    if (typeof pid !== 'number') throw invalidType(name, 'of type number', pid);
    if (!Number.isInteger(pid) || pid < 1) throw outOfRange(name, 'an integer >= 1', pid);
  }
  return new Set(pids);
}

function confirm(table: ProcessTable, suspects: readonly Suspect[]): Finding[] {
  return confirmSuspects(table, suspects).flatMap((verdict, index) => {
    const suspect = suspects[index];
    if (verdict === undefined || suspect === undefined) return [];
    const { process, fd, target } = suspect;
    const address = 'address' in suspect ? (suspect.address ?? null) : null;
    return [{ ...verdict, process: summarize(table, process), fd, target, address }];
  });
}

function summarize(
  { proc }: ProcessTable,
  { pid, name, parent, state, startTime }: ProcessStat,
): ProcessSummary {
  return { pid, name, command: readArguments(proc, pid).join(' '), parent, state, startTime };
}

function byWeight(one: Finding, other: Finding): number {
  return (
    Number(other.blocked) - Number(one.blocked) ||
    KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) ||
    one.process.pid - other.process.pid
  );
}
