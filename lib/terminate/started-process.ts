import type { ExitStatus } from './exit-status.js';

/** The reach of a signal to a child and its descendants: all processes in its cgroup, its process group, or the child alone. */
export type Containment = 'cgroup' | 'group' | 'none';

/** Processes that killTree() signals, as far as they are known. */
export interface KillTarget {
  /** The cgroup in which the child was created. */
  readonly cgroup: string | undefined;
  /** Its process group, if it leads one and was not reaped. After that the number may belong to another group. */
  readonly group: number | undefined;
  /** True if the child has ever led a group. */
  readonly leadsGroup: boolean;
  /** The process group that the child has joined by option. */
  readonly joinedGroup: number | undefined;
}

/** The part of a child's handle that its methods need. */
export interface StartedProcess {
  /** Undefined if no child was started. */
  readonly pid: number | undefined;
  /** Returns 0 or a negative errno, -ESRCH once the child was reaped. */
  kill(signal: number): number;
  /** From then on the number of the child can belong to another process. */
  isReaped(): boolean;
  /** Makes the end of the child the end of its process group: SIGKILL is sent to the group before its leader is reaped. */
  killGroupAtExit(): void;
  /** Calls back after the event 'exit', whatever a listener of it does. */
  whenEnded(callback: () => void): void;
  /** Lets the loop wait for the child, also after unref(). Returns what undoes that. */
  holdLoop(): () => void;
  usage(): NodeJS.ResourceUsage | undefined;
  /** Returns the processes that killTree() reaches, or undefined if no child was started. */
  killTarget(): KillTarget | undefined;
  containment(): Containment;
  /** Returns undefined until the exit is reported, and if no child was started. */
  exitStatus(): ExitStatus | undefined;
}
