import { packageVersion } from '../package-root.js';
import { libc } from './elf.js';

/** Returns the name of the prebuilt addon for this system. */
function target(): string {
  return [process.platform, process.arch, libc()].filter(Boolean).join('-');
}

function remedy(root: string): string {
  if ('pnp' in process.versions) {
    return 'Yarn Plug\'n\'Play is not supported: set "nodeLinker: node-modules" in .yarnrc.yml';
  }
  return packageVersion(root) !== undefined
    ? 'To compile it, run "npm rebuild safe-spawn" (needs Python 3, make and a C++ compiler)'
    : 'That is not the folder of safe-spawn. A bundler must keep safe-spawn external, and it must be installed next to the bundle';
}

function messageOf(cause: unknown): string {
  const [firstLine] = String(cause instanceof Error ? cause.message : cause).split('\n', 1);
  return firstLine ?? '';
}

/** Returns a message with the reason why the addon can't be loaded, the places searched, and what to do. */
export function missingAddonMessage(root: string, cause: unknown): string {
  const failed = `The native addon of safe-spawn for ${target()} could not be loaded: `;
  const { code, resource } = cause as { readonly code?: string; readonly resource?: string };
  if (code === 'ERR_ACCESS_DENIED') {
    return `${failed}this process may not read ${resource}. Start it with --allow-fs-read=${root}/* as well.`;
  }
  return (
    `${failed}${messageOf(cause)}. Looked for ${root}/build/Release/safe_spawn.node, then in ${root}/prebuilds. ` +
    `${remedy(root)}.`
  );
}
