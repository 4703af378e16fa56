import type { ExitStatus } from './exit-status.js';
import type { KillTarget } from './kill-tree.js';

/** The reach of a signal to a child and its descendants: all processes in its cgroup, its process group, or the child alone. */
export type Containment = 'cgroup' | 'group' | 'none';

/** The part of a child's handle that its methods need. */
export interface StartedProcess {
  usage(): NodeJS.ResourceUsage | undefined;
  /** Returns the processes that killTree() reaches, or undefined if no child was started. */
  killTarget(): KillTarget | undefined;
  containment(): Containment;
  /** Returns undefined until the exit is reported, and if no child was started. */
  exitStatus(): ExitStatus | undefined;
}
