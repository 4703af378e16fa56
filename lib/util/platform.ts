import { unsupportedPlatform } from './errors.js';

/** On other systems Node's own functions do the work, and everything that only Linux has throws. */
export const isLinux: boolean = process.platform === 'linux';

export function assertLinux(feature: string): void {
  if (!isLinux) throw unsupportedPlatform(feature);
}
