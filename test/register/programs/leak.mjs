import { existsSync } from 'node:fs';
import { addon } from '../../helpers/native.mjs';

/** Above what Node opens for itself. */
export const LEAK = 900;

/** Opens a descriptor without close-on-exec, as native code does, after whatever has sealed the others. */
export function openLeak(number = LEAK) {
  return addon.move(addon.openFile('/dev/null'), number);
}

export function holdsLeak() {
  return existsSync(`/proc/self/fd/${LEAK}`);
}
