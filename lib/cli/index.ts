#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspectCommand, WRONG } from './inspect.js';
import { printable } from './printable.js';

const USAGE = `usage: safe-spawn inspect [--json] [--notes] [PID...]

Finds descriptors that leaked into children: those of the processes named, or of every process that you may read.

  --json   print the report as JSON
  --notes  tell also what is no fault by itself, as is done for processes that are named
  --help   print this

exit status: 0 nothing found, 1 something found, 2 wrong usage, or a process that could not be inspected
`;

// Whoever reads may have seen enough, as `head` does. A report that is lost for another reason must not exit as a result.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') return;
  process.stderr.write(`safe-spawn: can't write to stdout: ${code}\n`);
  process.exitCode = WRONG;
});
process.stderr.on('error', () => {
  // The exit status tells.
});
process.exitCode = main(process.argv.slice(2));

function main([command, ...words]: string[]): number {
  if (isHelp(command) || words.some(isHelp)) return print(USAGE);
  if (command === '--version') return print(`${version()}\n`);
  if (command === 'inspect') return inspectCommand(words);
  if (command !== undefined) process.stderr.write(`safe-spawn: ${printable(command)}: no such command\n`);
  process.stderr.write(USAGE);
  return WRONG;
}

function version(): string {
  return JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')).version;
}

function isHelp(word: string | undefined): boolean {
  return word === '--help' || word === '-h';
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
