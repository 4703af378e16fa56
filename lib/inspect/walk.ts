import { suspectLeaks } from './inherited.js';
import { Listening } from './listening.js';
import type { Suspect } from './look.js';
import { type Draft, draftNotes, type Output, outputOf } from './notes.js';
import { suspectPipes } from './pipes.js';
import type { ProcessStat } from './proc.js';
import type { Failure } from './report.js';
import { type Link, linksOf, type Survey } from './survey.js';

/** What has to be looked at again. */
export interface Collection {
  readonly suspects: Suspect[];
  readonly failures: Failure[];
  readonly drafts: [ProcessStat, Draft][];
  readonly outputs: Output[];
  readonly unreadable: number;
}

/**
 * Goes through the descriptors of all processes, or of those with these `pids`. Keeps nothing of one that looks as it should:
 * there may be a million descriptors.
 */
export function walk(survey: Survey, pids: ReadonlySet<number> | undefined, wantsNotes: boolean): Collection {
  const { proc, processes } = survey;
  const unreadable = new Set<number>();
  const collection: Omit<Collection, 'unreadable' | 'failures'> = { suspects: [], drafts: [], outputs: [] };
  const listening = new Listening(proc);
  for (const process of processes.values()) {
    const fds = proc.fds(process.pid);
    if (fds === 'forbidden') unreadable.add(process.pid);
    if (typeof fds === 'string' || pids?.has(process.pid) === false) continue;
    const links = linksOf(proc, process.pid, fds);
    collection.suspects.push(
      ...suspectPipes(survey, process, links),
      ...suspectLeaks(listening, process, links),
    );
    if (wantsNotes) takeNotes(survey, process, links, collection);
  }
  const failures = [...(pids ?? [])].filter((pid) => unreadable.has(pid) || !processes.has(pid));
  return {
    ...collection,
    failures: failures.map((pid) => ({ pid, code: unreadable.has(pid) ? 'EACCES' : 'ESRCH' })),
    unreadable: unreadable.size,
  };
}

type Keeper = Pick<Collection, 'drafts' | 'outputs'>;

function takeNotes(survey: Survey, process: ProcessStat, links: Link[], { drafts, outputs }: Keeper): void {
  for (const draft of draftNotes(survey, process, links)) drafts.push([process, draft]);
  outputs.push(outputOf(process, links));
}
