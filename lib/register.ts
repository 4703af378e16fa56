/* This module calls register() when it is loaded: `node --import safe-spawn/register`, or `node -r` for CommonJS. */
import { register } from './index.js';

export type { RegisterOptions } from './index.js';
export { register } from './index.js';

/** Undoes the registration that loading this module has made. */
export const unregister: () => void = register();
