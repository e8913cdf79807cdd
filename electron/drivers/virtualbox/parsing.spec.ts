// Parsers of VBoxManage's output, on recorded text.
import { describe, expect, it } from 'vitest';
import { loadFixture } from './__fixtures__/load.ts';
import { hasVncPack, parseBlocks, parseExtraData, parseVmList } from './parse-list.ts';
import { forwardsOf, parseVmInfo, scanPairs, valueOf } from './parse-vminfo.ts';
import { parseError } from './vboxmanage.ts';

const read = (name: string): string => loadFixture(name).text;

describe('showvminfo', () => {
  it('reads a machine that is off, with line breaks, quotes and a false pair in its description', () => {
    const info = parseVmInfo(read('showvminfo-off.txt'));
    expect(info).toMatchObject({
      name: 'probe',
      id: 'e2e5adf2-ac3e-4591-a0a2-5563a6b87042',
      state: 'poweroff',
      settingsFile: '/home/user/probe/probe.vbox',
      logFolder: '/home/user/probe/Logs',
    });
    expect(info).not.toHaveProperty('session');
    const pairs = info?.pairs ?? [];
    expect(valueOf(pairs, 'description')).toBe(
      'first line\nsecond "quoted" line\nnic1="bridged"\nback\\slash ü',
    );
    expect(pairs.filter((pair) => pair.key === 'nic1')).toEqual([{ key: 'nic1', value: 'nat' }]);
    expect(valueOf(pairs, 'GuestMemoryBalloon')).toBe('0');
  });

  it('reads keys in quotes, and a value with more behind its closing quote', () => {
    const pairs = parseVmInfo(read('showvminfo-running.txt'))?.pairs ?? [];
    expect(valueOf(pairs, 'SATA "x"-0-0')).toBe('/home/user/d 1.vdi');
    expect(valueOf(pairs, 'VideoMode')).toBe('720,400,0');
    expect(valueOf(pairs, 'vrde')).toBe('off');
    expect(valueOf(pairs, 'rec_screen_enabled')).toBe('on');
    expect(pairs.some((pair) => pair.key.includes('rec_screen0'))).toBe(false);
  });

  it('tells who holds a running machine, and that a saved one is held by nobody', () => {
    expect(parseVmInfo(read('showvminfo-running.txt'))).toMatchObject({
      state: 'running',
      session: 'GUI/Qt',
    });
    const saved = parseVmInfo(read('showvminfo-saved.txt'));
    expect(saved?.state).toBe('saved');
    expect(saved).not.toHaveProperty('session');
  });

  it('gives port forwards to the adapter they follow', () => {
    const info = parseVmInfo(read('showvminfo-off.txt'));
    const ssh = { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 42222, guestPort: 22 };
    expect(info && forwardsOf(info)).toEqual([{ nic: 1, name: 'ssh', guestAddress: '', ...ssh }]);
    const two = parseVmInfo(
      'UUID="a"\nVMState="poweroff"\nnic1="nat"\nForwarding(0)="a,b,tcp,,1,,2"\n' +
        'nic2="nat"\nForwarding(0)="x,udp,,3,10.0.2.15,4"\n',
    );
    expect(two && forwardsOf(two)).toMatchObject([
      { nic: 1, name: 'a,b', hostPort: 1 },
      { nic: 2, name: 'x', protocol: 'udp', guestAddress: '10.0.2.15' },
    ]);
  });

  it('refuses what is no machine, and survives every cut', () => {
    expect(parseVmInfo('')).toBeUndefined();
    expect(parseVmInfo('WARNING: something\n')).toBeUndefined();
    const whole = read('showvminfo-off.txt');
    for (let length = 0; length < whole.length; length += 37) {
      expect(() => scanPairs(whole.slice(0, length))).not.toThrow();
    }
  });
});

describe('lists', () => {
  it('reads names with quotes, slashes and line breaks, and machines that cannot be read', () => {
    expect(parseVmList(read('list-vms.txt'))).toEqual([
      { name: 'odd "name" ü/x', id: '056248c0-c928-4e55-9236-ed172315b7fd' },
      { name: 'probe', id: 'e2e5adf2-ac3e-4591-a0a2-5563a6b87042' },
    ]);
    const id = '056248C0-c928-4e55-9236-ed172315b7fd';
    const text = `"<inaccessible>" {${id}}\n"two\nlines" {${id}}\n`;
    expect(parseVmList(text).map((vm) => vm.name)).toEqual([undefined, 'two\nlines']);
    expect(parseVmList('')).toEqual([]);
  });

  it('finds a usable VNC extension pack only where there is one', () => {
    const packs = read('list-extpacks.txt');
    expect(hasVncPack(packs)).toBe(true);
    expect(hasVncPack(packs.replace('true', 'false'))).toBe(false);
    expect(hasVncPack(packs.replace('VBoxVNC', 'VBoxVRDP'))).toBe(false);
    expect(hasVncPack('Extension Packs: 0\n')).toBe(false);
    expect(parseBlocks('A: 1\nB:  two\n\nA: 3\n')).toEqual([{ A: '1', B: 'two' }, { A: '3' }]);
  });

  it('reads extra data', () => {
    expect(parseExtraData(read('extradata.txt'))).toEqual({
      'GUI/LastNormalWindowPosition': '380,189,720,441',
      'VBoxInternal/HM/FallbackToIEM': '1',
      'VBoxInternal/HM/FallbackToNEM': '0',
    });
  });
});

describe('errors of VBoxManage', () => {
  it('keeps the sentence and the symbol, not the place in the source', () => {
    expect(parseError(read('error-not-found.txt'))).toEqual({
      text: "Could not find a registered machine named 'nix da'",
      code: 'VBOX_E_OBJECT_NOT_FOUND',
      component: 'VirtualBoxWrap',
    });
    expect(parseError(read('error-file-exists.txt'))?.code).toBe('VBOX_E_FILE_ERROR');
    expect(parseError(read('error-start-headless.txt'))?.text).toMatch(/terminated unexpectedly/);
  });

  it('takes an error without a symbol, and none', () => {
    expect(parseError(read('error-not-running.txt'))).toEqual({
      text: "Machine 'probe' is not currently running.",
    });
    expect(parseError('0%...10%...100%\n')).toBeUndefined();
  });
});
