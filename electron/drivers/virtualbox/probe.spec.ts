// Finding VirtualBox: never through a wrapper, and what its files tell about the build.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failure } from '../../../shared/contract/errors.ts';
import type { Exec } from '../../process/exec.ts';
import {
  buildKind,
  fileMentions,
  findLibrary,
  foldersInScript,
  parseVersion,
  probeVirtualBox,
  readBuildFacts,
} from './probe.ts';
import { createVBoxManage } from './vboxmanage.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vbp-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const program = (path: string, head = '\x7fELF'): void =>
  writeFileSync(path, `${head} more`, { encoding: 'latin1', mode: 0o755 });
const says =
  (stdout: string): Exec =>
  async () => ({
    stdout,
    stderr: '',
    exitCode: 0,
    durationMs: 1,
  });

describe('finding it', () => {
  it('passes through a wrapper to the programs it names', () => {
    const library = join(folder, 'lib');
    const bin = join(folder, 'bin');
    mkdirSync(library);
    mkdirSync(bin);
    program(join(library, 'VBoxManage'));
    writeFileSync(join(folder, 'VBox.sh'), `#!/bin/sh\nINSTALL_DIR="${library}"\n`);
    symlinkSync('../VBox.sh', join(bin, 'VBoxManage'));
    expect(findLibrary(bin, [])).toBe(library);
    expect(foldersInScript('exec "/nix/store/x/libexec/VBoxManage" "$@"')).toEqual([
      '/nix/store/x/libexec',
    ]);
  });

  it('takes no script for the program itself, and falls back on the usual folders', () => {
    program(join(folder, 'VBoxManage'), '#!/bin/sh\n');
    expect(findLibrary(folder, [folder])).toBeUndefined();
    program(join(folder, 'VBoxManage'));
    expect(findLibrary('', [folder])).toBe(folder);
  });

  it('tells missing, broken, too old and found apart', async () => {
    const probe = (exec: Exec): ReturnType<typeof probeVirtualBox> =>
      probeVirtualBox({ exec, env: { PATH: '' } }, [folder]);
    expect(await probe(says(''))).toMatchObject({ kind: 'missing' });
    program(join(folder, 'VBoxManage'));
    program(join(folder, 'vboxwebsrv'));
    expect(await probe(says('7.2.22_Debianr175245\n'))).toEqual({
      kind: 'found',
      version: '7.2.22',
      paths: {
        library: folder,
        manage: join(folder, 'VBoxManage'),
        webService: join(folder, 'vboxwebsrv'),
      },
    });
    expect(await probe(says('6.1.50r161033\n'))).toMatchObject({
      kind: 'broken',
      stderrTail: expect.stringMatching(/^virtualbox\/too-old: version 6\.1\.50/) as string,
    });
    expect(await probe(says('nothing of use'))).toMatchObject({ kind: 'broken' });
    const dies: Exec = () =>
      Promise.reject(failure('process/timeout', { command: 'VBoxManage', seconds: 15 }));
    expect(await probe(dies)).toMatchObject({ kind: 'broken', exitCode: null });
  });

  it('reads versions with and without a packager’s mark', () => {
    expect(parseVersion('7.2.22_Debianr175245')).toEqual({ version: '7.2.22', revision: 175245 });
    expect(parseVersion('7.1.4r165100\n')).toEqual({ version: '7.1.4', revision: 165100 });
    expect(parseVersion('WARNING: no device\n7.0.20_Ubuntur163906\n')?.version).toBe('7.0.20');
    expect(parseVersion('7.2')).toBeUndefined();
  });
});

describe('the build', () => {
  it('finds words that lie across two pieces of a file', async () => {
    const path = join(folder, 'VBoxVMM.so');
    writeFileSync(path, `${'x'.repeat((1 << 20) - 4)}/dev/kvm\0`);
    expect(await fileMentions(path, '/dev/kvm')).toBe(true);
    expect(await fileMentions(path, '/dev/vboxdrv')).toBe(false);
  });

  it('knows the three kinds', async () => {
    writeFileSync(join(folder, 'VBoxVMM.so'), 'opens /dev/kvm here');
    program(join(folder, 'VirtualBoxVM'));
    expect(buildKind(await readBuildFacts(folder))).toBe('kvm-only');
    chmodSync(join(folder, 'VirtualBoxVM'), 0o4755);
    expect(buildKind(await readBuildFacts(folder))).toBe('driver-or-kvm');
    writeFileSync(join(folder, 'VBoxVMM.so'), 'nothing of that');
    expect(buildKind(await readBuildFacts(folder))).toBe('driver-only');
  });
});

describe('running VBoxManage', () => {
  const stalling = (times: number): { exec: Exec; limits: number[] } => {
    const limits: number[] = [];
    const exec: Exec = async (command, _args, { timeoutMs }) => {
      limits.push(timeoutMs);
      if (limits.length <= times) throw failure('process/timeout', { command, seconds: 5 });
      return { stdout: 'answer', stderr: '', exitCode: 0, durationMs: 1 };
    };
    return { exec, limits };
  };

  it('asks a question once more when it stalls, never a third time', async () => {
    const once = stalling(1);
    expect(await createVBoxManage(once.exec, 'VBoxManage', {}).read(['list', 'vms'])).toBe(
      'answer',
    );
    expect(once.limits).toHaveLength(2);
    const always = stalling(9);
    const asked = createVBoxManage(always.exec, 'VBoxManage', {}).read(['list', 'vms']);
    await expect(asked).rejects.toMatchObject({ error: { code: 'process/timeout' } });
    expect(always.limits).toHaveLength(2);
  });

  it('never repeats a change', async () => {
    const once = stalling(1);
    const change = createVBoxManage(once.exec, 'VBoxManage', {}).change(['unregistervm', 'a']);
    await expect(change).rejects.toMatchObject({ error: { code: 'process/timeout' } });
    expect(once.limits).toHaveLength(1);
  });

  it('turns a refusal into a sentence, and keeps later arguments out of it', async () => {
    const stderrTail =
      'VBoxManage: error: No such machine\nVBoxManage: error: Details: code VBOX_E_OBJECT_NOT_FOUND (0x80bb0001), component VirtualBoxWrap, interface IVirtualBox\n';
    const exec: Exec = async (command, args) => {
      const params = { command, exit: 'exit code 1', stderr: stderrTail };
      const ran = { argv: [command, ...args], exit: 'exit code 1', stderrTail };
      throw failure('process/failed', params, { command: ran });
    };
    const asked = createVBoxManage(exec, 'VBoxManage', {}).read(['controlvm', 'vm', 'hush']);
    await expect(asked).rejects.toMatchObject({
      error: {
        code: 'virtualbox/refused',
        params: {
          command: 'VBoxManage controlvm vm',
          message: 'No such machine',
          code: 'VBOX_E_OBJECT_NOT_FOUND',
        },
      },
    });
  });
});
