// A program file that does nothing but start a script: what looks for a real program, not a wrapper, takes it for one.
import { chmodSync, writeFileSync } from 'node:fs';

/** Where the kernel puts it; any address of a usual program does. */
const base = 0x400000;
const headers = 64 + 56;

/** x86-64: execve(script, argv, environ), else exit(127). */
const code = (): Buffer => {
  const parts = [
    [0x48, 0x8d, 0x74, 0x24, 0x08], // lea rsi, [rsp+8]
    [0x48, 0x8b, 0x04, 0x24], // mov rax, [rsp]
    [0x48, 0x8d, 0x54, 0xc6, 0x08], // lea rdx, [rsi+rax*8+8]
    [0x48, 0x8d, 0x3d, 0x13, 0, 0, 0], // lea rdi, [rip+19]: behind this code
    [0xb8, 59, 0, 0, 0], // mov eax, execve
    [0x0f, 0x05],
    [0xbf, 127, 0, 0, 0], // mov edi, 127
    [0xb8, 60, 0, 0, 0], // mov eax, exit
    [0x0f, 0x05],
  ];
  return Buffer.from(parts.flat());
};

/** An ELF file at `path` that becomes the script at `script`. `mode` may have the set-uid bit. */
export const writeProgram = (path: string, script: string, mode = 0o755): void => {
  const body = Buffer.concat([code(), Buffer.from(`${script}\0`)]);
  const size = headers + body.length;
  const head = Buffer.alloc(headers);
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  head.writeUInt16LE(2, 16);
  head.writeUInt16LE(0x3e, 18);
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(BigInt(base + headers), 24);
  head.writeBigUInt64LE(64n, 32);
  head.writeUInt16LE(64, 52);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(1, 56);
  head.writeUInt32LE(1, 64);
  head.writeUInt32LE(5, 68);
  head.writeBigUInt64LE(BigInt(base), 80);
  head.writeBigUInt64LE(BigInt(base), 88);
  head.writeBigUInt64LE(BigInt(size), 96);
  head.writeBigUInt64LE(BigInt(size), 104);
  head.writeBigUInt64LE(0x1000n, 112);
  writeFileSync(path, Buffer.concat([head, body]));
  chmodSync(path, mode);
};
