/** The permission model of Node: `--permission` and `--permission-audit`. */
import { originals } from './originals.js';

interface Permission {
  has(scope: string, reference?: string): boolean;
}

/** True if the permission model is on. It never changes in the life of a process. */
export const hasPermissionModel: boolean = 'permission' in process;

/** Under --permission-audit what is denied is only reported. That never changes in the life of a process. */
let auditing = false;

/** Throws Node's own ERR_ACCESS_DENIED if Node would. The check runs for each child, since `drop()` can revoke the permission. */
export function requirePermission(file: string): void {
  const { permission } = process as unknown as { permission?: Permission };
  if (permission === undefined) return;
  if (auditing) permission.has('child', file);
  else if (!permission.has('child')) {
    // Only Node's native code tells denial from audit. Denied, it throws before it looks at anything. Audited, it finds
    // that this is no directory.
    originals.spawnSync(file, [], { cwd: '/dev/null', stdio: 'ignore' });
    auditing = true;
  }
}
