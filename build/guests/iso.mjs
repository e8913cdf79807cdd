// Writes a small ISO 9660 image with one El Torito "no emulation" boot image and one readable file.
// Sources: ECMA-119 sections 8 and 9; El Torito 1.0 sections 2 and 4.
import { Buffer } from 'node:buffer';

const SECTOR = 2048;
const sectorAt = {
  volume: 16,
  bootRecord: 17,
  terminator: 18,
  catalog: 19,
  pathTableLittle: 20,
  pathTableBig: 21,
  root: 22,
  image: 23,
};
// A fixed date: the same source gives the same bytes.
const recordDate = [126, 1, 1, 0, 0, 0, 0];
const volumeDate = `2026010100000000\0`;

function both16(buffer, value, at) {
  buffer.writeUInt16LE(value, at);
  buffer.writeUInt16BE(value, at + 2);
}

function both32(buffer, value, at) {
  buffer.writeUInt32LE(value, at);
  buffer.writeUInt32BE(value, at + 4);
}

function directoryRecord({ name, sector, size, isDirectory }) {
  const identifier = Buffer.from(name, 'latin1');
  const length = 33 + identifier.length + (identifier.length % 2 === 0 ? 1 : 0);
  const record = Buffer.alloc(length);
  record[0] = length;
  both32(record, sector, 2);
  both32(record, size, 10);
  record.set(recordDate, 18);
  record[25] = isDirectory ? 2 : 0;
  both16(record, 1, 28);
  record[32] = identifier.length;
  identifier.copy(record, 33);
  return record;
}

const rootRecord = (name) =>
  directoryRecord({ name, sector: sectorAt.root, size: SECTOR, isDirectory: true });

function volumeDescriptor(label, sectors) {
  const out = Buffer.alloc(SECTOR);
  out[0] = 1;
  out.write('CD001', 1, 'latin1');
  out[6] = 1;
  out.fill(0x20, 8, 72);
  out.write(label.slice(0, 32), 40, 'latin1');
  both32(out, sectors, 80);
  both16(out, 1, 120);
  both16(out, 1, 124);
  both16(out, SECTOR, 128);
  both32(out, 10, 132);
  out.writeUInt32LE(sectorAt.pathTableLittle, 140);
  out.writeUInt32BE(sectorAt.pathTableBig, 148);
  rootRecord('\0').copy(out, 156);
  out.fill(0x20, 190, 813);
  for (const at of [813, 830]) out.write(volumeDate, at, 'latin1');
  for (const at of [847, 864]) out.write(`${'0'.repeat(16)}\0`, at, 'latin1');
  out[881] = 1;
  return out;
}

function bootRecord() {
  const out = Buffer.alloc(SECTOR);
  out.write('CD001', 1, 'latin1');
  out[6] = 1;
  out.write('EL TORITO SPECIFICATION', 7, 'latin1');
  out.writeUInt32LE(sectorAt.catalog, 71);
  return out;
}

function bootCatalog(imageLength) {
  const out = Buffer.alloc(SECTOR);
  out[0] = 1; // validation entry, 80x86
  out.write('POLYVISOR', 4, 'latin1');
  out[30] = 0x55;
  out[31] = 0xaa;
  let sum = 0;
  for (let at = 0; at < 32; at += 2) sum += out.readUInt16LE(at);
  out.writeUInt16LE(-sum & 0xffff, 28);
  out[32] = 0x88; // bootable, no emulation, loaded at 0x7C00
  out.writeUInt16LE(Math.ceil(imageLength / 512), 38);
  out.writeUInt32LE(sectorAt.image, 40);
  return out;
}

function pathTable(isBig) {
  const out = Buffer.alloc(SECTOR);
  out[0] = 1;
  if (isBig) out.writeUInt32BE(sectorAt.root, 2);
  else out.writeUInt32LE(sectorAt.root, 2);
  if (isBig) out.writeUInt16BE(1, 6);
  else out.writeUInt16LE(1, 6);
  return out;
}

/** An ISO image whose boot image is loaded whole by the BIOS at 0x7C00. */
export function bootableIso({ image, label }) {
  const imageSectors = Math.ceil(image.length / SECTOR);
  const sectors = sectorAt.image + imageSectors;
  const out = Buffer.alloc(sectors * SECTOR);
  const place = (content, sector) => content.copy(out, sector * SECTOR);
  place(volumeDescriptor(label, sectors), sectorAt.volume);
  place(bootRecord(), sectorAt.bootRecord);
  const end = Buffer.alloc(SECTOR);
  end[0] = 255;
  end.write('CD001', 1, 'latin1');
  end[6] = 1;
  place(end, sectorAt.terminator);
  place(bootCatalog(image.length), sectorAt.catalog);
  place(pathTable(false), sectorAt.pathTableLittle);
  place(pathTable(true), sectorAt.pathTableBig);
  place(
    Buffer.concat([
      rootRecord('\0'),
      rootRecord('\x01'),
      directoryRecord({
        name: 'PROBE.BIN;1',
        sector: sectorAt.image,
        size: image.length,
        isDirectory: false,
      }),
    ]),
    sectorAt.root,
  );
  place(image, sectorAt.image);
  return out;
}
