import { invalidType, outOfRange, unsupportedPlatform } from '../errors.js';
import { findHolders, judgePipe, type PipeSuspect, suspectPipes } from './pipes.js';
import { Proc, type ProcessStat } from './proc.js';
import type { Failure, Finding, FindingKind, ProcessSummary, Report } from './report.js';
import { linksOf, type Survey, surveyProcesses } from './survey.js';

export type { FdAccess, FdFlags } from '../proc-fds.js';
export type { Failure, Finding, FindingKind, Holder, ProcessSummary, Report } from './report.js';

export interface InspectOptions {
  /** Report on these processes alone. All are read nevertheless, to know who holds the other ends. Default: all. */
  readonly pids?: readonly number[];
  /** Where proc(5) is mounted: another machine's, say, whose files were copied. Default: `/proc`. */
  readonly root?: string;
}

/** Between the two looks: long enough for a pipeline that is being set up, or a reader that was busy. Milliseconds. */
const BETWEEN_LOOKS = 100;

/** The worst first. */
const KINDS: readonly FindingKind[] = ['self-held-pipe', 'leaked-end', 'leaked-listener', 'leaked-terminal'];

/**
 * Looks for descriptors that leaked into children, in the processes that this user may read. Synchronous: about 10 us
 * for each descriptor, and 100 ms more where something is found, since it is looked at twice. In a server call it in a Worker.
 *
 * A process that is gone, or may not be read, is in `failures` if it was in `pids`, and otherwise at most counted.
 * Throws `ERR_INVALID_ARG_TYPE` and `ERR_OUT_OF_RANGE` for what can be no PID, `ENOENT` where proc(5) is not mounted, and
 * `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` on others than Linux.
 *
 * @example
 * const { findings } = inspect({ pids: [child.pid] });
 * if (findings.some(({ blocked }) => blocked)) child.kill();
 */
export function inspect(options: InspectOptions = {}): Report {
  if (process.platform !== 'linux') throw unsupportedPlatform('inspect()');
  const pids = readPids(options.pids);
  const survey = surveyProcesses(new Proc(options.root ?? '/proc'));
  const suspects = collectSuspects(survey, pids);
  const findings = confirm(survey, suspects.pipes);
  return {
    version: 1,
    findings: findings.sort(byWeight),
    failures: suspects.failures,
    processes: { seen: survey.processes.size, unreadable: suspects.unreadable },
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

interface Suspects {
  readonly pipes: PipeSuspect[];
  readonly failures: Failure[];
  unreadable: number;
}

function collectSuspects(survey: Survey, pids: ReadonlySet<number> | undefined): Suspects {
  const suspects: Suspects = { pipes: [], failures: missing(survey, pids), unreadable: 0 };
  for (const process of survey.processes.values()) {
    const links = linksOf(survey.proc, process.pid);
    const isWanted = pids === undefined || pids.has(process.pid);
    if (links === 'forbidden') suspects.unreadable += 1;
    if (typeof links !== 'string') {
      if (isWanted) suspects.pipes.push(...suspectPipes(survey, process, links));
    } else if (pids?.has(process.pid)) {
      suspects.failures.push({ pid: process.pid, code: links === 'gone' ? 'ESRCH' : 'EACCES' });
    }
  }
  return suspects;
}

function missing({ processes }: Survey, pids: ReadonlySet<number> | undefined): Failure[] {
  return [...(pids ?? [])].filter((pid) => !processes.has(pid)).map((pid) => ({ pid, code: 'ESRCH' }));
}

function confirm(survey: Survey, suspects: readonly PipeSuspect[]): Finding[] {
  if (suspects.length === 0) return [];
  const holders = findHolders(survey, new Set(suspects.map(({ target }) => target)));
  const look = () => suspects.map((suspect) => judgePipe(survey, suspect, holders.get(suspect.target) ?? []));
  const first = look();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_LOOKS);
  const second = look();
  return suspects.flatMap(({ process, fd, target }, index) => {
    const [one, other] = [first[index], second[index]];
    if (one === undefined || other === undefined || one.kind !== other.kind) return [];
    const blocked = one.blocked && other.blocked;
    return [{ ...other, process: summarize(survey, process), fd, target, blocked }];
  });
}

function summarize({ proc }: Survey, { pid, name, parent, state, startTime }: ProcessStat): ProcessSummary {
  const command = (proc.text(pid, 'cmdline') ?? '').split('\0').join(' ').trim();
  return { pid, name, command, parent, state, startTime };
}

function byWeight(one: Finding, other: Finding): number {
  return (
    Number(other.blocked) - Number(one.blocked) ||
    KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) ||
    one.process.pid - other.process.pid
  );
}
