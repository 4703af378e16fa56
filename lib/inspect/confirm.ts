import { confirmLeak, type LeakSuspect } from './leaks.js';
import { findHolders, observePipe, type PipeSuspect } from './pipes.js';
import type { ProcessTable } from './process-table.js';
import type { FindingKind, Holder } from './report.js';

export type Suspect = PipeSuspect | LeakSuspect;

export interface Verdict {
  readonly kind: FindingKind;
  readonly blocked: boolean;
  readonly holders: readonly Holder[];
}

interface Observation extends Verdict {
  readonly progress: string;
}

/** Milliseconds. Long enough for a pipeline to be set up, and for a busy reader to read. */
const BETWEEN_LOOKS = 100;
/** A process that fills its pipe between the first two looks hangs from then on, so that the third look confirms it. */
const MOST_LOOKS = 3;

/**
 * Looks at each suspect up to three times, and confirms a state that is the same twice in a row. A single look could see
 * a pipeline that is still being set up. Returns a verdict for each suspect, or undefined if nothing is wrong.
 */
export function confirmSuspects(table: ProcessTable, suspects: readonly Suspect[]): (Verdict | undefined)[] {
  const pipes = suspects.filter((suspect) => !('kind' in suspect)).map(({ target }) => target);
  const holders = pipes.length > 0 ? findHolders(table, new Set(pipes)) : new Map<string, Holder[]>();
  const look = () => suspects.map((suspect) => observe(table, suspect, holders));
  let verdicts: (Verdict | undefined)[] = [];
  let last = look();
  for (let looks = 1; looks < MOST_LOOKS && last.some((one) => one !== undefined); looks += 1) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_LOOKS);
    const next = look();
    verdicts = next.map((one, index) => agree(last[index], one));
    if (next.every((one, index) => one === undefined || verdicts[index] !== undefined)) break;
    last = next;
  }
  return verdicts;
}

function observe(
  table: ProcessTable,
  suspect: Suspect,
  holders: ReadonlyMap<string, Holder[]>,
): Observation | undefined {
  if (!('kind' in suspect)) return observePipe(table, suspect, holders.get(suspect.target) ?? []);
  const ends = confirmLeak(table, suspect);
  return ends && { kind: suspect.kind, blocked: false, holders: ends, progress: '' };
}

/** Returns the verdict if both looks agree. Progress between them means that the program reads its own output on purpose. */
function agree(first: Observation | undefined, second: Observation | undefined): Verdict | undefined {
  if (first === undefined || second === undefined) return undefined;
  const { kind, blocked, holders, progress } = second;
  const isSame = kind === first.kind && blocked === first.blocked && progress === first.progress;
  return isSame ? { kind, blocked, holders } : undefined;
}
