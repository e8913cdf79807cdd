// Writes a small ISO 9660 image: a flat root folder and one El Torito "no emulation" boot file.
// Sources: ECMA-119 sections 8 and 9; El Torito 1.0 sections 2 and 4; isolinux's boot information table
// (syslinux documentation: PVD sector, file sector, file length, checksum at bytes 8 to 23).
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
  files: 23,
};
// A fixed date: the same source gives the same bytes.
const recordDate = [126, 1, 1, 0, 0, 0, 0];
const volumeDate = '2026010100000000\0';

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

function descriptor(kind, write) {
  const out = Buffer.alloc(SECTOR);
  out[0] = kind;
  out.write('CD001', 1, 'latin1');
  out[6] = 1;
  write(out);
  return out;
}

function bootCatalog(boot) {
  const out = Buffer.alloc(SECTOR);
  out[0] = 1; // validation entry, 80x86
  out.write('POLYVISOR', 4, 'latin1');
  out[30] = 0x55;
  out[31] = 0xaa;
  let sum = 0;
  for (let at = 0; at < 32; at += 2) sum += out.readUInt16LE(at);
  out.writeUInt16LE(-sum & 0xffff, 28);
  out[32] = 0x88; // bootable, no emulation, loaded at 0x7C00
  out.writeUInt16LE(boot.loadSectors, 38);
  out.writeUInt32LE(boot.sector, 40);
  return out;
}

function pathTable(write32, write16) {
  const out = Buffer.alloc(SECTOR);
  out[0] = 1;
  write32(out, sectorAt.root);
  write16(out, 1);
  return out;
}

function withInfoTable(content, sector) {
  const out = Buffer.from(content);
  let sum = 0;
  for (let at = 64; at < out.length; at += 4) {
    const word = at + 4 <= out.length ? out.readUInt32LE(at) : out.readUIntLE(at, out.length - at);
    sum = (sum + word) >>> 0;
  }
  [sectorAt.volume, sector, out.length, sum].forEach((value, index) =>
    out.writeUInt32LE(value, 8 + index * 4),
  );
  return out;
}

/**
 * `files` are {name, content} with names like `VMLINUZ` or `BOOT.CFG`. `boot` is {name, loadSectors,
 * hasInfoTable}: which of them the BIOS loads, how many 512-byte sectors of it (default: all), and whether
 * it wants isolinux's information table.
 */
export function isoImage({ label, files, boot }) {
  let sector = sectorAt.files;
  const placed = files.map(({ name, content }) => {
    const isBoot = name === boot.name;
    const body = isBoot && boot.hasInfoTable ? withInfoTable(content, sector) : content;
    const row = { name, body, sector };
    sector += Math.max(1, Math.ceil(body.length / SECTOR));
    return row;
  });
  const bootRow = placed.find(({ name }) => name === boot.name);
  if (!bootRow) throw new Error(`there is no file ${boot.name} to boot`);
  const loadSectors = boot.loadSectors ?? Math.ceil(bootRow.body.length / 512);
  const records = placed.map(({ name, body, sector: at }) => ({
    name: `${name.includes('.') ? name : `${name}.`};1`,
    sector: at,
    size: body.length,
    isDirectory: false,
  }));
  // ECMA-119 9.3: records are in the order of their names.
  records.sort((a, b) => (a.name < b.name ? -1 : 1));
  const root = Buffer.concat([
    rootRecord('\0'),
    rootRecord('\x01'),
    ...records.map((record) => directoryRecord(record)),
  ]);
  if (root.length > SECTOR) throw new Error('too many files for one folder sector');

  const out = Buffer.alloc(sector * SECTOR);
  const place = (content, at) => content.copy(out, at * SECTOR);
  place(volumeDescriptor(label, sector), sectorAt.volume);
  const bootRecord = descriptor(0, (buffer) => {
    buffer.write('EL TORITO SPECIFICATION', 7, 'latin1');
    buffer.writeUInt32LE(sectorAt.catalog, 71);
  });
  place(bootRecord, sectorAt.bootRecord);
  place(
    descriptor(255, () => undefined),
    sectorAt.terminator,
  );
  place(bootCatalog({ loadSectors, sector: bootRow.sector }), sectorAt.catalog);
  const little = pathTable(
    (buffer, value) => buffer.writeUInt32LE(value, 2),
    (buffer, value) => buffer.writeUInt16LE(value, 6),
  );
  const big = pathTable(
    (buffer, value) => buffer.writeUInt32BE(value, 2),
    (buffer, value) => buffer.writeUInt16BE(value, 6),
  );
  place(little, sectorAt.pathTableLittle);
  place(big, sectorAt.pathTableBig);
  place(root, sectorAt.root);
  for (const { body, sector: at } of placed) place(body, at);
  return out;
}
