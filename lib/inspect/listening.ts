import type { Proc } from './proc.js';

const TCP_LISTEN = '0A';
/** __SO_ACCEPTCON in /proc/net/unix. */
const UNIX_LISTENS = 0x10000;

/** The listening sockets of each network namespace, by what /proc/PID/fd calls them. */
export class Listening {
  readonly #proc: Proc;
  readonly #namespaces = new Map<string, ReadonlyMap<string, string>>();

  constructor(proc: Proc) {
    this.#proc = proc;
  }

  /** Of the namespace of this process: where each listens, `'tcp port 80'` or a path. */
  of(pid: number): ReadonlyMap<string, string> {
    const namespace = this.#proc.link(pid, 'ns/net') ?? '';
    const known = this.#namespaces.get(namespace) ?? this.#read(pid);
    this.#namespaces.set(namespace, known);
    return known;
  }

  #read(pid: number): ReadonlyMap<string, string> {
    const lines = (name: string) => (this.#proc.text(pid, `net/${name}`) ?? '').trim().split('\n').slice(1);
    return new Map(
      [...lines('tcp'), ...lines('tcp6')].flatMap(tcpSocket).concat(lines('unix').flatMap(unixSocket)),
    );
  }
}

/** A line like "0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4026 ...". */
function tcpSocket(line: string): [string, string][] {
  const fields = line.trim().split(/\s+/);
  if (fields[3] !== TCP_LISTEN) return [];
  const port = Number.parseInt(fields[1]?.split(':').at(-1) ?? '', 16);
  return [[`socket:[${fields[9]}]`, `tcp port ${port}`]];
}

/** A line like "ffff8880: 00000002 00000000 00010000 0001 01 4027 /run/socket", where the path may hold blanks. */
function unixSocket(line: string): [string, string][] {
  const [, flags = '0', inode, path] =
    /^\S+ \S+ \S+ (\S+) \S+ +\S+ +(\d+)(?: (.*))?$/.exec(line.trimStart()) ?? [];
  const listens = (Number.parseInt(flags, 16) & UNIX_LISTENS) !== 0;
  return listens ? [[`socket:[${inode}]`, path ?? 'a unix socket without a name']] : [];
}
