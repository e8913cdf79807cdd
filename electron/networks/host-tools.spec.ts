import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failure } from '../../shared/contract/errors.ts';
import type { Exec } from '../process/exec.ts';
import {
  denialReason,
  lookForNetworkTools,
  serviceWayHere,
  type NetworkTools,
} from './host-tools.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ht-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const all = [
  'qemu-system-x86_64',
  'unshare',
  'nsenter',
  'ip',
  'nft',
  'dnsmasq',
  'slirp4netns',
  'python3',
];
const install = (names: readonly string[]): void => {
  for (const name of names) {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), 0o755);
  }
};
const works: Exec = () => Promise.resolve({ stdout: '', stderr: '', exitCode: 0, durationMs: 1 });
const refuses =
  (stderrTail: string, isRefused: (args: readonly string[]) => boolean): Exec =>
  (file, args, options) => {
    if (!isRefused(args)) return works(file, args, options);
    const command = { argv: [file, ...args], exit: 'exit code 1', stderrTail };
    const params = { command: file, exit: 'exit code 1', stderr: stderrTail };
    return Promise.reject(failure('process/failed', params, { command }));
  };
const look = (exec: Exec = works, files: Readonly<Record<string, string>> = {}) =>
  lookForNetworkTools({
    exec,
    folders: [folder],
    tunPath: '/dev/null',
    read: (path) => files[path],
  });

describe('a look at this computer', () => {
  it('finds programs by their full paths, and chooses the namespace', async () => {
    install(all);
    const tools = await look(works, { '/proc/sys/net/ipv4/ip_unprivileged_port_start': '80' });
    expect(tools.programs.qemu).toBe(join(folder, 'qemu-system-x86_64'));
    expect(tools.programs.passt).toBeUndefined();
    expect(tools.lowestPort).toBe(80);
    expect(serviceWayHere(tools)).toEqual({ way: 'namespace' });
  });

  it('does not take a file for a program', async () => {
    install(all);
    chmodSync(join(folder, 'dnsmasq'), 0o644);
    expect((await look()).programs.dnsmasq).toBeUndefined();
  });

  it('tells what forbids namespaces', async () => {
    install(all);
    const refusal = refuses('unshare: unshare failed: Operation not permitted', () => true);
    const path = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns';
    const here = serviceWayHere(await look(refusal, { [path]: '1' }));
    expect(here).toMatchObject({
      way: 'gateway',
      because: {
        code: 'network/namespace-denied',
        params: {
          reason: 'AppArmor keeps programs without a profile from making user namespaces.',
        },
      },
    });
  });

  it('tells when namespaces are allowed but address translation is not', async () => {
    install(all);
    const refusal = refuses('Error: Could not process rule', (args) => args.includes('-f'));
    const here = serviceWayHere(await look(refusal));
    expect(here.way).toBe('gateway');
    expect(JSON.stringify(here.because)).toContain('Could not process rule');
  });

  it('uses the gateway where the tun device is closed or a program is missing', async () => {
    install(all);
    const closed = await lookForNetworkTools({
      exec: works,
      folders: [folder],
      tunPath: join(folder, 'none'),
    });
    expect(serviceWayHere(closed)).toMatchObject({
      way: 'gateway',
      because: { code: 'network/namespace-denied' },
    });
    rmSync(join(folder, 'slirp4netns'));
    expect(serviceWayHere(await look())).toMatchObject({
      way: 'gateway',
      because: { code: 'network/service-missing', params: { program: 'slirp4netns' } },
    });
  });

  it('knows no way without QEMU', () => {
    const tools: NetworkTools = {
      programs: {},
      namespaces: { isUsable: true },
      tun: { isUsable: true },
      lowestPort: 1024,
    };
    expect(serviceWayHere(tools).way).toBeUndefined();
  });
});

it.each([
  [{ '/proc/sys/kernel/unprivileged_userns_clone': '0' }, 'x', 'unprivileged_userns_clone is off'],
  [{ '/proc/sys/user/max_user_namespaces': '0' }, 'x', 'no user namespace at all'],
  [{}, 'a\nunshare failed: No space left', 'unshare failed: No space left'],
  [{}, '', 'did not say why'],
])('says why namespaces are denied: %o', (files: Record<string, string>, said, reason) => {
  expect(denialReason((path) => files[path], said)).toContain(reason);
});
