import type { ExitStatus } from './exit-status.js';
import type { KillTarget } from './kill-tree.js';

/** Names what a signal to a child and its descendants reaches: all in its cgroup, its process group, or the child alone. */
export type Containment = 'cgroup' | 'group' | 'none';

/** The handle of a child, as its methods see it. */
export interface StartedProcess {
  usage(): NodeJS.ResourceUsage | undefined;
  /** Describes what killTree() reaches. Undefined if nothing was started. */
  killTarget(): KillTarget | undefined;
  containment(): Containment;
  /** Undefined until the exit is reported, and if nothing was started. */
  exitStatus(): ExitStatus | undefined;
}
