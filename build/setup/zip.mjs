// Unpacks chosen entries of a ZIP file, streaming. Knows what the fallback runtime's archive needs:
// no encryption, no ZIP64, methods "stored" and "deflate" (APPNOTE 6.3.10, sections 4.3.7-4.3.16).
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const endMaxSize = 22 + 65_535;

/** Reads the central directory: [{name, mode, method, compressedSize, offset}]. */
export async function zipEntries(path) {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, endMaxSize));
    await file.read(tail, 0, tail.length, size - tail.length);
    let end = tail.length - 22;
    while (end >= 0 && tail.readUInt32LE(end) !== endSignature) end -= 1;
    if (end < 0) throw new Error(`${path} is not a ZIP file`);
    const directory = Buffer.alloc(tail.readUInt32LE(end + 12));
    await file.read(directory, 0, directory.length, tail.readUInt32LE(end + 16));
    const entries = [];
    for (let at = 0; at < directory.length;) {
      if (directory.readUInt32LE(at) !== entrySignature) throw new Error(`${path} is damaged`);
      const nameLength = directory.readUInt16LE(at + 28);
      const name = directory.toString('utf8', at + 46, at + 46 + nameLength);
      entries.push({
        name,
        mode: directory.readUInt32LE(at + 38) >>> 16,
        method: directory.readUInt16LE(at + 10),
        compressedSize: directory.readUInt32LE(at + 20),
        offset: directory.readUInt32LE(at + 42),
      });
      const extra = directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
      at += 46 + nameLength + extra;
    }
    return entries;
  } finally {
    await file.close();
  }
}

/** Writes entries into `target`; `place(name)` gives the path inside it, undefined leaves it out. */
export async function unzip(path, target, place) {
  for (const entry of await zipEntries(path)) {
    if (entry.name.endsWith('/')) continue;
    const relative = place(entry.name);
    if (relative === undefined) continue;
    if (relative.split('/').includes('..')) throw new Error(`unsafe path in ${path}: ${relative}`);
    const out = join(target, relative);
    await mkdir(dirname(out), { recursive: true });
    const start = await dataStart(path, entry.offset);
    const from = createReadStream(path, { start, end: start + entry.compressedSize - 1 });
    const to = createWriteStream(out, { mode: entry.mode & 0o777 });
    if (entry.method === 0) await pipeline(from, to);
    else if (entry.method === 8) await pipeline(from, createInflateRaw(), to);
    else throw new Error(`unknown compression ${entry.method} in ${path}`);
  }
}

// The local header repeats the name, and has an extra field of its own length.
async function dataStart(path, offset) {
  const file = await open(path);
  try {
    const header = Buffer.alloc(30);
    await file.read(header, 0, 30, offset);
    return offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  } finally {
    await file.close();
  }
}
