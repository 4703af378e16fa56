#!/usr/bin/env node
import { inspectCommand } from './inspect.js';

const USAGE = `usage: safe-spawn inspect [--json] [--notes] [PID...]

Finds descriptors that leaked into children: those of the processes named, or of every process that you may read.

  --json   print the report as JSON
  --notes  tell also what is no fault by itself, as is done for processes that are named
  --help   print this

exit status: 0 nothing found, 1 something found, 2 wrong usage, or a process that could not be inspected
`;

// Whoever reads may have seen enough, as `head` does.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') throw new Error(`safe-spawn: can not write to stdout: ${code}`);
});
process.exitCode = main(process.argv.slice(2));

function main([command, ...words]: string[]): number {
  if (command === '--help' || words.includes('--help')) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (command === 'inspect') return inspectCommand(words);
  process.stderr.write(USAGE);
  return 2;
}
