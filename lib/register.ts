/* Loading this registers: `node -r safe-spawn/register`, `node --import safe-spawn/register`. */
import { register } from './index.js';

export type { RegisterOptions } from './index.js';
export { register } from './index.js';

/** Undoes what loading this module has done. */
export const unregister: () => void = register();
