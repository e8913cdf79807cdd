// Wrong input and failing engines on a real VirtualBox: every machine is listed as what it is, a failed start leaves the
// machine free for the next engine, and a slow VBoxManage stops nothing.
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLogger } from '../../log/logger.ts';
import { toVmId, type VmId } from '../../../shared/model/brand.ts';
import { vmDefinitionSchema } from '../../../shared/model/vm.ts';
import { realVirtualBox, type RealVirtualBox } from './__fixtures__/real.ts';
import { codeOf, patient, realSession, type RealSession } from './__fixtures__/session.ts';
import { parseExtraData } from './parse-list.ts';
import { createVBoxApi } from './vbox-api.ts';
import { startWebService } from './web-service.ts';

let real: RealVirtualBox;
let world: RealSession;
const names = {
  twin: 'twin',
  quotes: `a "b" 'c' ü/\\d`,
  lines: 'two\nlines',
  long: 'x'.repeat(120),
};
const machines: Record<string, VmId> = {};

const settingsOf = async (id: string): Promise<string> =>
  /^CfgFile="(.*)"$/m.exec(await real.manage.read(['showvminfo', id, '--machinereadable']))?.[1] ??
  '';

const endServer = async (): Promise<void> => {
  for (const pid of real.processes('VBoxSVC')) process.kill(pid, 'SIGTERM');
  while (real.processes('VBoxSVC').length > 0) await sleep(100);
};

beforeAll(async () => {
  real = await realVirtualBox();
  const make = async (key: string, name: string): Promise<string> => {
    const id = await real.createMachine(name);
    machines[key] = toVmId(id);
    return settingsOf(id);
  };
  await make('quotes', names.quotes);
  await make('lines', names.lines);
  await make('long', names.long);
  await make('twin', names.twin);
  const broken = await make('broken', 'broken');
  const missing = await make('missing', 'missing');
  const newer = await make('newer', 'newer');
  await make('crypt', 'crypt');
  const password = join(real.home, 'pw');
  writeFileSync(password, 'secret');
  const crypt = machines['crypt'] ?? '';
  // prettier-ignore
  await real.manage.change(['encryptvm', crypt, 'setencryption', '--new-password', password, '--cipher', 'AES-256', '--new-password-id', 'id']);
  await make('diskless', 'diskless');
  const disk = join(real.home, 'd.vdi');
  const diskless = machines['diskless'] ?? '';
  await real.manage.change(['createmedium', 'disk', '--filename', disk, '--size', '16']);
  await real.manage.change(['storagectl', diskless, '--name', 'SATA', '--add', 'sata']);
  // prettier-ignore
  await real.manage.change(['storageattach', diskless, '--storagectl', 'SATA', '--port', '0', '--device', '0', '--type', 'hdd', '--medium', disk]);
  await endServer();
  writeFileSync(broken, '<x');
  rmSync(missing);
  rmSync(disk);
  writeFileSync(
    newer,
    readFileSync(newer, 'utf8').replace(/version="[\d.]+-linux"/, 'version="1.99-linux"'),
  );
  // A second machine of one name, in a folder of its own.
  const before = new Set(Object.values(machines));
  // prettier-ignore
  const text = await real.manage.change(['createvm', '--name', 'other', '--register', '--basefolder', join(real.home, 'n')]);
  const other = toVmId(/UUID: ([0-9a-f-]{36})/.exec(text)?.[1] ?? '');
  expect(before.has(other)).toBe(false);
  machines['other'] = other;
  world = await realSession({ real });
});
afterAll(async () => {
  await world?.dispose();
  await real?.dispose();
});

const vm = (key: string): VmId => machines[key] ?? toVmId('');

it('lists every machine, whatever it is called, and each definition is valid', () => {
  for (const id of Object.values(machines)) {
    const definition = world.definitionOf(id);
    expect(vmDefinitionSchema.safeParse(definition).error, id).toBeUndefined();
  }
  expect(world.definitionOf(vm('quotes'))?.name).toBe(names.quotes);
  expect(world.definitionOf(vm('lines'))?.name).toBe('two lines');
  expect(world.definitionOf(vm('long'))?.name).toBe(`${'x'.repeat(79)}…`);
  for (const key of ['quotes', 'lines', 'long', 'twin', 'other', 'diskless', 'crypt'])
    expect(world.powerOf(vm(key)), key).toBe('off');
});

it('tells machines that VirtualBox cannot read, by name and with the reason', () => {
  expect(world.definitionOf(vm('broken'))?.name).toBe('broken');
  expect(world.reportOf(vm('broken'))).toMatchObject({
    power: 'damaged',
    error: {
      code: 'virtualbox/inaccessible',
      params: { name: 'broken', reason: expect.stringMatching(/Start Tag x/) as string },
    },
  });
  expect(world.reportOf(vm('missing'))).toMatchObject({
    power: 'damaged',
    error: {
      code: 'virtualbox/inaccessible',
      params: { name: 'missing', reason: expect.stringMatching(/VERR_FILE_NOT_FOUND/) as string },
    },
  });
  expect(world.reportOf(vm('newer'))).toMatchObject({
    power: 'damaged',
    error: { code: 'virtualbox/settings-newer', params: { name: 'newer', version: '1.99' } },
  });
});

it('two machines of one name are two machines', async () => {
  await real.manage.change(['modifyvm', vm('other'), '--name', names.twin]);
  await expect.poll(() => world.definitionOf(vm('other'))?.name, patient).toBe(names.twin);
  expect(world.definitionOf(vm('twin'))?.name).toBe(names.twin);
  await real.manage.change(['modifyvm', vm('other'), '--memory', '36']);
  await expect.poll(() => world.definitionOf(vm('other'))?.config.memory, patient).toBe(36);
  expect(world.definitionOf(vm('twin'))?.config.memory).toBe(64);
});

it('asks for an encrypted machine’s password, and starts it with that', async () => {
  expect(await codeOf(world.start(vm('crypt')))).toBe('vm/password-needed');
  expect(await codeOf(world.session.unlock!(vm('crypt'), 'wrong'))).toBe('vm/password-wrong');
  await world.session.unlock!(vm('crypt'), 'secret');
  await expect.poll(() => world.definitionOf(vm('crypt'))?.config.memory, patient).toBe(64);
  await world.start(vm('crypt'));
  expect(world.powerOf(vm('crypt'))).toBe('running');
  await world.session.powerOff(vm('crypt'));
});

it('says which medium is gone when a machine does not start, and shows it as off', async () => {
  await expect(world.start(vm('diskless'))).rejects.toMatchObject({
    error: { code: 'medium/missing', params: { path: join(real.home, 'd.vdi') } },
  });
  expect(world.powerOf(vm('diskless'))).toBe('off');
});

it('fails on an engine that cannot be here, then runs on the next; nothing stays in the machine', async () => {
  const id = vm('quotes');
  await expect(world.start(id, 'vboxdrv')).rejects.toMatchObject({
    error: {
      code: 'engine/start-failed',
      params: { engine: 'VirtualBox', code: 'VERR_VM_DRIVER_NOT_INSTALLED (-1908)' },
    },
  });
  expect(world.powerOf(id)).toBe('off');
  await expect(world.start(id, 'kvm')).rejects.toMatchObject({
    error: { code: 'engine/start-failed', params: { code: 'VERR_NEM_NOT_AVAILABLE (-6801)' } },
  });
  expect(world.powerOf(id)).toBe('off');
  // VirtualBox calls it aborted; another manager of ours, with our notes, does not call that a crash.
  const next = await realSession({ real });
  expect(next.powerOf(id)).toBe('off');
  await next.dispose();

  await world.start(id);
  expect(world.powerOf(id)).toBe('running');
  const log = await world.session.log(id);
  expect(log.lines.join('\n')).toMatch(/Console: Machine state changed to 'Running'/);
  const extra = parseExtraData(await real.manage.read(['getextradata', id, 'enumerate']));
  expect(Object.keys(extra).filter((key) => key.startsWith('VBoxInternal'))).toEqual([]);
  // A machine whose program is killed crashed, and its last lines say where.
  for (const pid of real.processes('VirtualBoxVM')) process.kill(pid, 'SIGKILL');
  await expect.poll(() => world.powerOf(id), patient).toBe('crashed');
  expect(world.reportOf(id)?.error).toMatchObject({ code: 'vm/crashed' });
});

it('a machine that another program holds is refused, and started when it is free', async () => {
  const id = vm('lines');
  await world.start(id);
  const second = await realSession({ real });
  expect(await codeOf(second.start(id))).toBe('vm/wrong-state');
  await second.dispose();
  await world.session.powerOff(id);
});

it('a machine whose settings another program holds is not started', async () => {
  const id = vm('twin');
  const path = real.probe.paths['webService'] ?? '';
  const { manage, env } = real;
  const service = await startWebService({ manage, path, env, log: silentLogger });
  await createVBoxApi(service).withMachine(id, async () => {
    expect(await codeOf(world.start(id))).toBe('virtualbox/locked');
  });
  await service.stop();
  expect(world.powerOf(id)).toBe('off');
  await world.start(id);
  await world.session.powerOff(id);
});

it('goes on when VBoxManage hangs for ten seconds once', async () => {
  const stub = join(real.home, 'VBoxManage');
  const once = join(real.home, 'hung');
  const program = real.probe.paths['manage'] ?? '';
  const script = `#!/bin/sh\nif [ "$1" = list ] && mkdir '${once}' 2>/dev/null; then sleep 10; fi\nexec '${program}' "$@"\n`;
  writeFileSync(stub, script);
  chmodSync(stub, 0o755);
  const slow = await realSession({
    real,
    change: (probe) => ({ ...probe, paths: { ...probe.paths, manage: stub } }),
  });
  expect(slow.powerOf(vm('twin'))).toBe('off');
  await slow.dispose();
});

it('says why VirtualBox’s own window cannot show a machine on a hidden display', async () => {
  const id = vm('twin');
  const desktop = { ...world.context.env, DISPLAY: ':99' };
  const onDesktop = await realSession({ real: { ...real, env: desktop } });
  expect(await codeOf(onDesktop.session.openWindow!(id))).toBe('console/unavailable');
  await onDesktop.start(id);
  await expect(onDesktop.session.openWindow!(id)).rejects.toMatchObject({
    error: {
      code: 'console/unavailable',
      params: { reason: expect.stringMatching(/hidden display/) as string },
    },
  });
  await onDesktop.session.powerOff(id);
  await onDesktop.dispose();
});
