// Who starts the service, each with the same log pipe. A supervisor that is not installed is left out.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const supervisors = [
  {
    title: 'A loop that closes 3 to 1023 in the child',
    hangs: true,
    needs: ['python3', '--version'],
    command: (folder) => ['python3', beside('naive_loop.py'), beside('service.sh'), folder],
  },
  {
    title: 'child_process.spawn',
    hangs: true,
    command: (folder) => [process.execPath, beside('supervisor.mjs'), 'child_process', folder],
  },
  {
    title: 'supervisord',
    hangs: true,
    needs: ['supervisord', '--version'],
    command: (folder) => ['supervisord', '--configuration', supervisordFile(folder)],
  },
  {
    title: 'safeSpawn',
    hangs: false,
    command: (folder) => [process.execPath, beside('supervisor.mjs'), 'safe-spawn', folder],
  },
];

export function isInstalled({ needs: [command, ...args] = ['true'] }) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Its own pipes are close-on-exec since Python 3.4: so the service opens the log pipe by name, and a program reads it. */
function supervisordFile(folder) {
  const file = join(folder, 'supervisord.conf');
  const text = `[supervisord]
nodaemon = true
silent = true
logfile = /dev/null
logfile_maxbytes = 0
pidfile = ${join(folder, 'supervisord.pid')}

[program:reader]
command = sh ${beside('reader.sh')} ${folder}

[program:service]
command = sh -c 'exec sh ${beside('service.sh')} ${folder} >${join(folder, 'log')}'
`;
  writeFileSync(file, text);
  return file;
}

function beside(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}
