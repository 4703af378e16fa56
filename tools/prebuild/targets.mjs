// The addons of a release: one for each C library and architecture, for all versions of Node.
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Of Debian 10 and RHEL 8. Node's own binaries need this much from version 18 on. */
export const OLDEST_GLIBC = '2.28';

const ARCHITECTURES = { x64: 'x86_64', arm64: 'aarch64' };

/** `triple` is what the cross compiler calls it, `machine` what an ELF header does; `file` is where node-gyp-build looks. */
export const targets = Object.entries(ARCHITECTURES).flatMap(([arch, machine]) => [
  target(arch, 'glibc', machine, `linux-gnu.${OLDEST_GLIBC}`),
  target(arch, 'musl', machine, 'linux-musl'),
]);

function target(arch, libc, machine, system) {
  return {
    arch,
    libc,
    machine,
    triple: `${machine}-${system}`,
    file: `prebuilds/linux-${arch}/safe-spawn.${libc}.node`,
  };
}
