// A VirtualBox of a test's own: home, IPC socket and machines apart from the user's; everything ends with the test.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FoundProbe } from '../../types.ts';
import { silentLogger } from '../../../log/logger.ts';
import { createExec } from '../../../process/exec.ts';
import { parseVmList } from '../parse-list.ts';
import { probeVirtualBox } from '../probe.ts';
import { createVBoxManage, type VBoxManage } from '../vboxmanage.ts';

export interface RealVirtualBox {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly probe: FoundProbe;
  readonly manage: VBoxManage;
  /** A machine with nothing in it but 64 MB; its firmware runs for as long as it is let. */
  readonly createMachine: (name: string) => Promise<string>;
  /** A machine made otherwise belongs to the test too: what runs it ends with the test. */
  readonly adopt: (machine: string) => void;
  /** Processes of this test, of one program or all. */
  readonly processes: (name?: string) => readonly number[];
  readonly dispose: () => Promise<void>;
}

const fileOf = (pid: string, name: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
};

/**
 * What the test started and nothing else: processes with its home in their environment, or, since that of set-uid
 * programs cannot be read, with one of its machines in their arguments.
 */
const startedBy = (home: string, machines: readonly string[], name?: string): readonly number[] =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => {
      const argv = fileOf(pid, 'cmdline').split('\0');
      const isMine =
        fileOf(pid, 'environ').includes(`=${home}/`) || machines.some((id) => argv.includes(id));
      return isMine && (name === undefined || fileOf(pid, 'comm').trim() === name.slice(0, 15));
    })
    .map(Number);

export const realVirtualBox = async (): Promise<RealVirtualBox> => {
  const home = mkdtempSync(join(tmpdir(), 'vb-'));
  const env = {
    ...process.env,
    HOME: home,
    XDG_RUNTIME_DIR: join(home, 'run'),
    VBOX_USER_HOME: join(home, 'c'),
    VBOX_IPC_SOCKETID: randomBytes(4).toString('hex'),
  };
  mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
  const exec = createExec(silentLogger);
  const probe = await probeVirtualBox({ exec, env });
  if (probe.kind !== 'found') throw new Error(`VirtualBox: ${JSON.stringify(probe)}`);
  const machines: string[] = [];
  const processes = (name?: string): readonly number[] => startedBy(home, machines, name);
  const manage = createVBoxManage(exec, probe.paths['manage'] ?? '', env);
  return {
    home,
    env,
    probe,
    manage,
    createMachine: async (name) => {
      const before = parseVmList(await manage.read(['list', 'vms'])).map((row) => row.id);
      // prettier-ignore
      await manage.change(['createvm', '--name', name, '--ostype', 'Other_64', '--register', '--basefolder', join(home, 'm', String(machines.length))]);
      const after = parseVmList(await manage.read(['list', 'vms']));
      const id = after.find((row) => !before.includes(row.id))?.id ?? '';
      machines.push(id);
      await manage.change(['modifyvm', id, '--memory', '64']);
      return id;
    },
    adopt: (machine) => machines.push(machine),
    processes,
    dispose: async () => {
      for (const pid of processes()) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It ended by itself.
        }
      }
      while (processes().length > 0) await sleep(50);
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
};
