import { judgeLeak, type LeakSuspect } from './inherited.js';
import { findHolders, judgePipe, type PipeSuspect } from './pipes.js';
import type { FindingKind, Holder } from './report.js';
import type { Survey } from './survey.js';

export type Suspect = PipeSuspect | LeakSuspect;

export interface Verdict {
  readonly kind: FindingKind;
  readonly blocked: boolean;
  readonly holders: readonly Holder[];
}

/** Between the two looks: long enough for a pipeline that is being set up, or a reader that was busy. Milliseconds. */
const BETWEEN_LOOKS = 100;

/**
 * Looks twice, and believes what it sees both times: in between, what was only on its way to something else has got there.
 * The verdicts are in the order of the suspects, undefined where there is nothing wrong.
 */
export function lookTwice(survey: Survey, suspects: readonly Suspect[]): (Verdict | undefined)[] {
  if (suspects.length === 0) return [];
  const pipes = suspects.filter((suspect) => !('kind' in suspect)).map(({ target }) => target);
  const holders = pipes.length > 0 ? findHolders(survey, new Set(pipes)) : new Map<string, Holder[]>();
  const look = () => suspects.map((suspect) => judge(survey, suspect, holders));
  const first = look();
  if (first.every((verdict) => verdict === undefined)) return first;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_LOOKS);
  return look().map((second, index) => agree(first[index], second));
}

function judge(
  survey: Survey,
  suspect: Suspect,
  holders: ReadonlyMap<string, Holder[]>,
): Verdict | undefined {
  if (!('kind' in suspect)) return judgePipe(survey, suspect, holders.get(suspect.target) ?? []);
  const ends = judgeLeak(survey, suspect);
  return ends && { kind: suspect.kind, blocked: false, holders: ends };
}

function agree(first: Verdict | undefined, second: Verdict | undefined): Verdict | undefined {
  if (first === undefined || second === undefined || first.kind !== second.kind) return undefined;
  return { ...second, blocked: first.blocked && second.blocked };
}
