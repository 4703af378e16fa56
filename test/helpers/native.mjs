import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

/** The root of the package. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const build = join(root, 'test', 'fixtures', 'native', 'build');

/** Says in JSON what it was given; see test/fixtures/native/probe.c. */
export const probePath = program('probe');
/** Starts a program in a chosen state; see test/fixtures/native/launcher.c. */
export const launcherPath = program('launcher');
/** Writes to stdout until that fails; see test/fixtures/native/writer.c. */
export const writerPath = program('writer');
/** A library for LD_PRELOAD that replaces functions of libc; see test/fixtures/native/interposer.c. */
export const interposerPath = program('interposer.so');
/** The same for a single function; see test/fixtures/native/one-function.c. */
export const replacedPath = (name) => program(`replaced-${name}.so`);
/** Runs a program as a job that is stopped and continued at random; see test/fixtures/native/job.c. */
export const jobPath = program('job');

/** Runs a program under a seccomp filter, or without /proc; see test/core/seccomp-run.c. */
export const seccompRunPath = existing(join(root, 'test', 'core', 'build', 'seccomp-run'));

/** Misbehaves as native code does; see test/fixtures/native/addon.c. */
export const addonPath = existing(join(build, 'Release', 'test_addon.node'));
export const addon = require(addonPath);

/** For addon.setSoftLimit(). */
export const RLIMIT_NPROC = 6;
export const RLIMIT_NOFILE = 7;

function program(name) {
  return existing(join(build, name));
}

function existing(path) {
  if (!existsSync(path)) throw new Error(`${path} is missing: run "npm run build:test"`);
  return path;
}
