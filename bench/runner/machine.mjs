/** What the numbers were measured on. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { peer } from './peers.mjs';

export function describeMachine() {
  return {
    date: new Date().toISOString(),
    node: process.version,
    architecture: process.arch,
    kernel: release(),
    processor: cpus()[0]?.model ?? 'unknown',
    emulated: /^QEMU/.test(cpus()[0]?.model),
    processors: cpus().length,
    memory: totalmem(),
    hardLimit: String(hardLimit()),
    versions: versions(),
  };
}

/** Of whatever takes part, where it is installed. */
function versions() {
  const programs = {
    python: 'python3',
    compiler: 'cc',
    rust: 'rustc',
    bun: peer.bun,
    deno: peer.deno,
    supervisord: 'supervisord',
  };
  const entries = Object.entries(programs).map(([name, program]) => [name, versionOf(program)]);
  return Object.fromEntries(entries.filter(([, version]) => version !== undefined));
}

function versionOf(program) {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return stdout?.split('\n', 1)[0];
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
