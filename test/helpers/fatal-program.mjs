import { writeFileSync } from 'node:fs';
import { scratchPath } from './scratch.mjs';

const [EM_X86_64, EM_AARCH64] = [62, 183];

/**
 * The path of an ELF file whose only segment lies where no program may have memory. execve(2) finds that out when the old
 * program is gone already, and the kernel kills the process.
 */
export function fatalProgram() {
  const bytes = Buffer.alloc(120);
  bytes.write('\x7fELF\x02\x01\x01', 'latin1');
  bytes.writeUInt16LE(2, 16); // ET_EXEC
  bytes.writeUInt16LE(process.arch === 'x64' ? EM_X86_64 : EM_AARCH64, 18);
  bytes.writeUInt32LE(1, 20); // EV_CURRENT
  bytes.writeBigUInt64LE(0xffff_8000_0000_0000n, 24); // e_entry
  bytes.writeBigUInt64LE(64n, 32); // e_phoff
  bytes.writeUInt16LE(64, 52); // e_ehsize
  bytes.writeUInt16LE(56, 54); // e_phentsize
  bytes.writeUInt16LE(1, 56); // e_phnum
  bytes.writeUInt32LE(1, 64); // PT_LOAD
  bytes.writeUInt32LE(5, 68); // PF_R | PF_X
  bytes.writeBigUInt64LE(0xffff_8000_0000_0000n, 80); // p_vaddr
  bytes.writeBigUInt64LE(120n, 96); // p_filesz
  bytes.writeBigUInt64LE(120n, 104); // p_memsz
  bytes.writeBigUInt64LE(0x1000n, 112); // p_align
  const path = scratchPath('fatal');
  writeFileSync(path, bytes, { mode: 0o755 });
  return path;
}
