// Writes a cpio archive in the "newc" form that the Linux kernel unpacks as its first file system.
// Source: kernel documentation, driver-api/early-userspace/buffer-format.
import { createReadStream, type WriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { once } from 'node:events';
import { posix } from 'node:path';

export type CpioEntry =
  | { readonly kind: 'file'; readonly path: string; readonly from: string; readonly mode?: number }
  | {
      readonly kind: 'text';
      readonly path: string;
      readonly content: string;
      readonly mode?: number;
    }
  | { readonly kind: 'link'; readonly path: string; readonly to: string }
  | { readonly kind: 'folder'; readonly path: string };

const folderMode = 0o040755;
const fileType = 0o100000;
const linkMode = 0o120777;

const padding = (length: number): Buffer => Buffer.alloc((4 - (length % 4)) % 4);

const header = (name: string, mode: number, size: number, inode: number): Buffer => {
  const fields = [inode, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, Buffer.byteLength(name) + 1, 0];
  const hex = fields.map((field) => field.toString(16).toUpperCase().padStart(8, '0')).join('');
  const head = Buffer.from(`070701${hex}${name}\0`, 'utf8');
  return Buffer.concat([head, padding(head.length)]);
};

/** Folders of every entry, outermost first, each once. */
const foldersOf = (entries: readonly CpioEntry[]): readonly string[] => {
  const folders = new Set<string>();
  for (const entry of entries) {
    const whole = entry.kind === 'folder' ? entry.path : posix.dirname(entry.path);
    const parts = whole.split('/').filter((part) => part !== '' && part !== '.');
    for (let depth = 1; depth <= parts.length; depth += 1) {
      folders.add(parts.slice(0, depth).join('/'));
    }
  }
  return [...folders];
};

/** Writes the archive and ends the stream. Paths are taken without a leading slash. */
export const writeCpio = async (out: WriteStream, entries: readonly CpioEntry[]): Promise<void> => {
  let inode = 1;
  const put = async (data: Buffer): Promise<void> => {
    if (data.length > 0 && !out.write(data)) await once(out, 'drain');
  };
  const putWhole = async (path: string, mode: number, content: Buffer): Promise<void> => {
    await put(header(path, mode, content.length, inode++));
    await put(content);
    await put(padding(content.length));
  };
  const empty = Buffer.alloc(0);
  for (const folder of foldersOf(entries)) await putWhole(folder, folderMode, empty);
  for (const entry of entries) {
    const path = entry.path.replace(/^\/+/, '');
    switch (entry.kind) {
      case 'folder':
        break;
      case 'link':
        await putWhole(path, linkMode, Buffer.from(entry.to));
        break;
      case 'text':
        await putWhole(path, fileType | (entry.mode ?? 0o644), Buffer.from(entry.content));
        break;
      case 'file': {
        const { size } = await stat(entry.from);
        await put(header(path, fileType | (entry.mode ?? 0o755), size, inode++));
        for await (const chunk of createReadStream(entry.from)) await put(chunk as Buffer);
        await put(padding(size));
        break;
      }
    }
  }
  await putWhole('TRAILER!!!', 0, empty);
  out.end();
  await once(out, 'close');
};
