import type { Suspect } from './confirm.js';
import { ListeningSockets, suspectLeaks } from './leaks.js';
import { collectNotes, type Draft, type Output, outputOf } from './notes.js';
import { suspectPipes } from './pipes.js';
import type { ProcessStat } from './proc.js';
import { type Link, type ProcessTable, readLinks } from './process-table.js';
import type { Failure } from './report.js';

/** Results of the first pass. Suspects need a second look. */
export interface ScanResult {
  readonly suspects: Suspect[];
  readonly failures: Failure[];
  readonly drafts: [ProcessStat, Draft][];
  readonly outputs: Output[];
  readonly unreadable: number;
}

/**
 * Goes through the descriptors of all processes, or of those with these `pids`. It keeps only suspicious descriptors,
 * since there may be a million in total.
 */
export function scanProcesses(
  table: ProcessTable,
  pids: ReadonlySet<number> | undefined,
  wantsNotes: boolean,
): ScanResult {
  const { proc, processes } = table;
  const unreadable = new Set<number>();
  const collection: Omit<ScanResult, 'unreadable' | 'failures'> = { suspects: [], drafts: [], outputs: [] };
  const listening = new ListeningSockets(proc);
  for (const process of processes.values()) {
    const fds = proc.fds(process.pid);
    if (fds === 'forbidden') unreadable.add(process.pid);
    if (typeof fds === 'string' || pids?.has(process.pid) === false) continue;
    const links = readLinks(proc, process.pid, fds);
    collection.suspects.push(
      ...suspectPipes(table, process, links),
      ...suspectLeaks(listening, process, links),
    );
    if (wantsNotes) addNotes(table, process, links, collection);
  }
  const failures = [...(pids ?? [])].filter((pid) => unreadable.has(pid) || !processes.has(pid));
  return {
    ...collection,
    failures: failures.map((pid) => ({ pid, code: unreadable.has(pid) ? 'EACCES' : 'ESRCH' })),
    unreadable: unreadable.size,
  };
}

type Keeper = Pick<ScanResult, 'drafts' | 'outputs'>;

function addNotes(
  table: ProcessTable,
  process: ProcessStat,
  links: Link[],
  { drafts, outputs }: Keeper,
): void {
  for (const draft of collectNotes(table, process, links)) drafts.push([process, draft]);
  outputs.push(outputOf(process, links));
}
