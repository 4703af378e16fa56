/** What a parent holds while it is measured, for the rest of this process. */

import { openSync } from 'node:fs';

const BLOCK = 2 ** 28;

/** @param {{ descriptors?: number, memory?: number }} held memory in bytes, touched */
export function hold({ descriptors = 0, memory = 0 }) {
  for (let i = 0; i < descriptors; i++) openSync('/dev/null');
  return Array.from({ length: memory / BLOCK }, () => Buffer.alloc(BLOCK, 1));
}
