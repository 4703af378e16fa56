/* Loading this registers: `node -r safe-spawn/register`, `node --import safe-spawn/register`. */
import { register } from './install.js';

export type { RegisterOptions } from './install.js';
export { register } from './install.js';

/** Undoes what loading this module has done. */
export const unregister: () => void = register();
