/** The library as its users get it. */

import { Unavailable } from './unavailable.mjs';

/** Its exports, after its addon was loaded. */
export async function importLibrary() {
  try {
    const library = await import('safe-spawn');
    library.capabilities();
    return library;
  } catch (cause) {
    throw new Unavailable(`the library is not built (npm run build): ${cause.message.split('\n', 1)}`);
  }
}
