// A directory that looks like /proc, with as many processes as one likes.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const crowdFds = ['/dev/null', 'pipe:[7]', 'pipe:[7]', 'socket:[8]', 'anon_inode:[eventpoll]'];

/** Many processes with `first` and the next numbers. They have the same descriptors, which saves most of the time. */
export function writeCrowd(root, count, first) {
  const shared = join(root, 'shared');
  mkdirSync(shared);
  for (const [fd, target] of crowdFds.entries()) symlinkSync(target, join(shared, String(fd)));
  for (let pid = first; pid < first + count; pid += 1) {
    mkdirSync(join(root, String(pid)));
    writeFileSync(join(root, String(pid), 'stat'), statText(pid, 'crowd', 1));
    symlinkSync(shared, join(root, String(pid), 'fd'));
  }
}

/** `fds`: `{ fd, target, flags }`, where flags are as in fdinfo, '01' without any. */
export function writeProcess(root, { pid, parent, name, fds, syscall = 'running' }) {
  const directory = join(root, String(pid));
  for (const part of ['fd', 'fdinfo', `task/${pid}`]) mkdirSync(join(directory, part), { recursive: true });
  writeFileSync(join(directory, 'stat'), statText(pid, name, parent));
  writeFileSync(join(directory, 'cmdline'), `/usr/bin/${name}\0--serve\0`);
  writeFileSync(join(directory, 'environ'), 'LANG=C\0');
  writeFileSync(join(directory, 'task', String(pid), 'syscall'), `${syscall}\n`);
  for (const { fd, target, flags = '02' } of fds) {
    symlinkSync(target, join(directory, 'fd', String(fd)));
    writeFileSync(join(directory, 'fdinfo', String(fd)), `pos:\t0\nflags:\t${flags}\nmnt_id:\t15\n`);
  }
}

/** Of a process that sleeps, leads its session, and was started `pid` ticks after the machine. */
function statText(pid, name, parent) {
  const rest = [0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 1, 0, pid];
  return `${pid} (${name}) S ${parent} ${pid} ${pid} 0 -1 4194304 ${rest.join(' ')}\n`;
}
