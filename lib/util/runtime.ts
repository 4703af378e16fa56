import { unsupportedRuntime } from './errors.js';

/** Bun and Deno load the addon and then crash in it, or start children past it; older Nodes have no addAbortListener(). */
export function assertSupportedRuntime(): void {
  for (const name of ['bun', 'deno']) {
    if (name in process.versions) throw unsupportedRuntime(name);
  }
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 5)) {
    throw unsupportedRuntime(`Node ${process.versions.node}: it needs Node 20.5 or later`);
  }
}
