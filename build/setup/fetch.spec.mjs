// What is fetched: from where, whether it is the pinned thing, and what of it is kept.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { placeInRuntime } from './electron-runtime.mjs';
import { isNodeNewEnough } from './node-runtime.mjs';
import { registryUrl, tarballUrl, withPackage } from './registry.mjs';
import { requireSha512, sha512Of } from './verify.mjs';
import { unzip } from './zip.mjs';

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pv-fetch-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('the checksum', () => {
  // sha512 of "abc" from FIPS 180-4's example, in base64.
  const abc =
    'sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==';

  it('of the pinned bytes is accepted', async () => {
    writeFileSync(join(folder, 'f'), 'abc');
    expect(await sha512Of(join(folder, 'f'))).toBe(abc);
    await requireSha512(join(folder, 'f'), { expected: abc, what: 'f' });
  });

  it('of one changed byte is refused, and both sums are named', async () => {
    writeFileSync(join(folder, 'f'), 'abd');
    const refusal = requireSha512(join(folder, 'f'), { expected: abc, what: 'The file' });
    await expect(refusal).rejects.toThrow('The file does not have the checksum pinned');
    await expect(refusal).rejects.toHaveProperty('details', expect.stringContaining(abc));
  });

  it('of a download is checked before anything is unpacked', async () => {
    const server = createServer((_, answer) => answer.end('not the pinned archive'));
    await new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(undefined)));
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    vi.stubEnv('npm_config_registry', `http://127.0.0.1:${port}`);
    const use = vi.fn();
    try {
      const pin = { name: 'thing', version: '1.0.0', sha512: abc };
      await expect(withPackage(pin, use, folder)).rejects.toThrow(
        'thing@1.0.0 does not have the checksum',
      );
      expect(use).not.toHaveBeenCalled();
    } finally {
      server.close();
    }
  });
});

describe('the registry', () => {
  it('is the one of the environment, else the one the running npm names', () => {
    const npm = join(folder, 'npm.cjs');
    writeFileSync(npm, "console.log('http://asked.example/')");
    expect(registryUrl({ npm_execpath: npm })).toBe('http://asked.example/');
    expect(registryUrl({ npm_config_registry: 'http://mirror.example/npm' })).toBe(
      'http://mirror.example/npm/',
    );
    writeFileSync(npm, "console.log('no registry')");
    expect(() => registryUrl({ npm_execpath: npm })).toThrow('The npm registry is not known here');
  });

  it('names a scoped tarball without its scope', () => {
    expect(tarballUrl({ name: '@a/b', version: '1.2.3' }, 'https://r/')).toBe(
      'https://r/@a/b/-/b-1.2.3.tgz',
    );
  });
});

describe('the Node at hand', () => {
  it.each([
    ['v18.20.4', false],
    ['v20.18.3', false],
    ['v20.19.0', true],
    ['v21.7.3', false],
    ['v22.11.0', false],
    ['v22.12.0', true],
    ['v24.0.0', true],
  ])('%s is new enough: %s', (version, isEnough) => {
    expect(isNodeNewEnough(version)).toBe(isEnough);
  });
});

describe('the fallback runtime', () => {
  it('keeps Electron and leaves the foreign app out', () => {
    expect(placeInRuntime('Cypress/Cypress')).toBe('electron');
    expect(placeInRuntime('Cypress/locales/en-US.pak')).toBe('locales/en-US.pak');
    expect(placeInRuntime('Cypress/resources/app/index.js')).toBeUndefined();
    expect(placeInRuntime('Cypress/resources/app-update.yml')).toBeUndefined();
  });
});

describe('a ZIP file', () => {
  it('is unpacked with content and mode, and only what is wanted', async () => {
    const path = join(folder, 'a.zip');
    writeFileSync(
      path,
      zipOf([entry('p/run', 'x'.repeat(9000), 0o755), entry('p/no', 'n', 0o644)]),
    );
    await unzip(path, folder, (name) => (name === 'p/run' ? 'run' : undefined));
    expect(readFileSync(join(folder, 'run'), 'utf8')).toBe('x'.repeat(9000));
    expect(statSync(join(folder, 'run')).mode & 0o777).toBe(0o755);
    expect(() => statSync(join(folder, 'p/no'))).toThrow();
  });

  it('cannot write outside its folder', async () => {
    const path = join(folder, 'b.zip');
    writeFileSync(path, zipOf([entry('../evil', 'x', 0o644)]));
    await expect(unzip(path, folder, (name) => name)).rejects.toThrow('unsafe path');
  });

  it('that is none is refused', async () => {
    writeFileSync(join(folder, 'c.zip'), 'x'.repeat(100));
    await expect(unzip(join(folder, 'c.zip'), folder, (name) => name)).rejects.toThrow('not a ZIP');
  });
});

function entry(name, text, mode) {
  const data = deflateRawSync(Buffer.from(text));
  return { name: Buffer.from(name), data, size: text.length, mode };
}

/** Layout: APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16. */
function zipOf(entries) {
  const locals = [];
  const directory = [];
  let offset = 0;
  for (const { name, data, size, mode } of entries) {
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(8, 10);
    central.writeUInt32LE(data.length, 20);
    central.writeUInt32LE(size, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(((0o100000 | mode) << 16) >>> 0, 38);
    central.writeUInt32LE(offset, 42);
    locals.push(local, name, data);
    directory.push(central, name);
    offset += 30 + name.length + data.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
