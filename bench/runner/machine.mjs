/** What the numbers were measured on. */

import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

export function describeMachine() {
  return {
    date: new Date().toISOString(),
    node: process.version,
    architecture: process.arch,
    kernel: release(),
    processor: cpus()[0]?.model ?? 'unknown',
    processors: cpus().length,
    memory: totalmem(),
    hardLimit: String(hardLimit()),
  };
}

/** The hard limit on descriptors, Infinity where there is none. */
export function hardLimit() {
  const [, hard] = readFileSync('/proc/self/limits', 'utf8').match(/^Max open files\s+\S+\s+(\S+)/m);
  return hard === 'unlimited' ? Infinity : Number(hard);
}

/** Bytes that can be used without pushing anything out. */
export function availableMemory() {
  const [, kilobytes] = readFileSync('/proc/meminfo', 'utf8').match(/^MemAvailable:\s+(\d+)/m);
  return Number(kilobytes) * 1024;
}
