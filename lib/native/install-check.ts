import { isLinux } from '../util/platform.js';
import { loadAddon } from './addon.js';

// Run by node-gyp-build when the package is installed, which compiles the addon if this throws. Only Linux needs one.
if (isLinux) loadAddon();
