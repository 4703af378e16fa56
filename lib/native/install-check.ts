import { isLinux } from '../util/platform.js';
import { loadAddon } from './addon.js';

// node-gyp-build runs this file when the package is installed, and compiles the addon if it throws. Only Linux needs one.
if (isLinux) loadAddon();
