#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAILED, inspectCommand } from './inspect.js';
import { printable } from './printable.js';

const USAGE = `usage: safe-spawn inspect [--json] [--notes] [PID...]

Finds file descriptors that leaked into children. Without a PID, inspects every process that you may read.

  --json   print the report as JSON
  --notes  also print facts that are not faults by themselves; the default with a PID
  --help   print this text

exit status: 0 nothing found, 1 something found, 2 wrong usage, or a process could not be inspected
`;

// A reader such as `head` may close the pipe early: that is no failure. After any other error the report is lost, and
// the exit status must not look like a result.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') return;
  process.stderr.write(`safe-spawn: cannot write to stdout: ${code}\n`);
  process.exitCode = FAILED;
});
process.stderr.on('error', () => {
  // The exit status still reports the result.
});
process.exitCode = main(process.argv.slice(2));

function main([command, ...argv]: string[]): number {
  if (isHelp(command) || argv.some(isHelp)) return print(USAGE);
  if (command === '--version') return print(`${version()}\n`);
  if (command === 'inspect') return inspectCommand(argv);
  if (command !== undefined) process.stderr.write(`safe-spawn: ${printable(command)}: no such command\n`);
  process.stderr.write(USAGE);
  return FAILED;
}

function version(): string {
  return JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')).version;
}

function isHelp(argument: string | undefined): boolean {
  return argument === '--help' || argument === '-h';
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
