/**
 * run.mjs COMMAND ARGUMENT...: runs a command of this project as root in a small virtual machine, where the hard limit on
 * descriptors is 1,048,576. Needs no rights here. The machine is emulated, kernel and all, so it runs everywhere; times
 * in it are long, and only their ratios mean something.
 *
 * What the command writes to stdout comes out on stdout, what it writes to stderr, with the kernel's words, on stderr.
 */

import { boot } from './boot.mjs';
import { debianKernel, requirePrograms } from './debian.mjs';
import { buildImage } from './image.mjs';

const command = process.argv.slice(2);
if (command.length === 0) {
  console.error('usage: node tools/vm/run.mjs COMMAND ARGUMENT...');
  process.exitCode = 2;
} else {
  requirePrograms({ 'qemu-system-x86_64': 'qemu-system-x86', busybox: 'busybox-static', cpio: 'cpio' });
  const kernel = debianKernel();
  process.exitCode = await boot(kernel, buildImage(command));
}
