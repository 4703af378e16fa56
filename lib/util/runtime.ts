import { unsupportedRuntime } from './errors.js';

/**
 * Throws in a runtime that can't work. Bun and Deno crash in the addon, or start children without it. Node before 20.5 has
 * no addAbortListener().
 */
export function assertSupportedRuntime(): void {
  for (const name of ['bun', 'deno']) {
    if (name in process.versions) throw unsupportedRuntime(name);
  }
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 5)) {
    throw unsupportedRuntime(`Node ${process.versions.node}: it needs Node 20.5 or later`);
  }
}
