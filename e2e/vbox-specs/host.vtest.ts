// The host doctor beside a real VirtualBox without its kernel driver: which engines stand how, and that no check breaks.
import { access } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createHostFacts, type HostFactsService } from '../../electron/compat/facts.ts';
import { hypervisorProcesses } from '../../electron/compat/vboxdrv/processes.ts';
import { drivers } from '../../electron/drivers/registry.ts';
import type { DriverContext, DriverSession } from '../../electron/drivers/types.ts';
import {
  realVirtualBox,
  type RealVirtualBox,
} from '../../electron/drivers/virtualbox/__fixtures__/real.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import { createExec } from '../../electron/process/exec.ts';
import { formatText } from '../../shared/i18n/format.ts';
import type { EngineFact, HostCheck } from '../../shared/model/compat.ts';
import { backendKey, type DriverInfo } from '../../shared/model/driver.ts';
import { emptyState } from '../../shared/state/app-state.ts';

let box: RealVirtualBox;
let service: HostFactsService | undefined;
let sessions: DriverSession[] = [];
beforeEach(async () => {
  box = await realVirtualBox();
});
afterEach(async () => {
  await service?.dispose();
  await Promise.all(sessions.map((session) => session.dispose()));
  sessions = [];
  await box.dispose();
});

const connect = async (ctx: DriverContext): Promise<readonly DriverInfo[]> =>
  Promise.all(
    drivers.map(async (driver) => {
      const { id, title, engines } = driver;
      const probe = await driver.probe(ctx);
      if (probe.kind !== 'found') return { id, title, engines, probe };
      const capabilities = await driver.capabilities(probe, ctx);
      sessions.push(await driver.connect(probe, capabilities, ctx, () => undefined));
      return { id, title, engines, probe, capabilities };
    }),
  );

it('tells how every engine of VirtualBox stands here, and why', async () => {
  const folder = (name: string): string => {
    const path = join(box.home, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  };
  const exec = createExec(silentLogger);
  const paths = {
    config: folder('config'),
    data: folder('data'),
    state: folder('state'),
    runtime: folder('r'),
    cache: folder('cache'),
    resources: join(import.meta.dirname, '../../out/resources'),
  };
  const found = await connect({ exec, log: silentLogger, paths, now: Date.now, env: box.env });
  const checks = new Map<string, HostCheck>();
  const facts = new Map<string, EngineFact>();
  const failed: string[] = [];
  service = createHostFacts({
    exec,
    log: {
      ...silentLogger,
      warn: (message, about) => void failed.push(`${message} ${JSON.stringify(about)}`),
    },
    paths,
    env: box.env,
    now: Date.now,
    state: () => ({
      ...emptyState,
      drivers: Object.fromEntries(found.map((driver) => [driver.id, driver])),
    }),
    subscribe: () => () => undefined,
    onCheck: (check) => void checks.set(check.id, check),
    onCheckGone: (id) => void checks.delete(id),
    onEngineFact: (fact) => void facts.set(backendKey(fact), fact),
    onHost: () => undefined,
    onFacts: () => undefined,
    // The measurement has its own tests.
    checkKvm: async () => undefined,
  });
  service.start();
  await service.enginesKnown();
  const report = await service.report();

  const said = (key: string): string => {
    const fact = facts.get(key);
    return fact ? `${fact.standing}, ${fact.confidence}: ${formatText(fact.reason)}` : 'nothing';
  };
  await access('/sys/module/vboxdrv').then(
    () => expect.fail('this test is for hosts without the kernel driver'),
    () => undefined,
  );
  expect(said('virtualbox/vboxdrv')).toMatch(/^unusable, measured: VirtualBox’s kernel driver/);
  expect(said('virtualbox/kvm')).toMatch(/^unusable, measured: .*KVM/);
  expect(said('virtualbox/software')).toMatch(/^usable, documented: .*very slow/);
  expect(facts.get('virtualbox/kvm')?.remedy?.label.key).toBe('host.remedy.kvmBuildOfVirtualBox');

  expect(failed).toEqual([]);
  expect(checks.get('vb.version')?.verdict).toBe('good');
  expect(checks.get('vb.drv.loaded')?.verdict).toBe('blocked');
  expect(checks.get('vb.kvm')?.sentence.key).toBe('host.sentence.vbKvmNo');
  expect(checks.get('vb.hard')?.sentence.key).toBe('host.sentence.vbHardened');
  expect(checks.get('vb.extpack')?.raw).toContain('VNC');
  expect(checks.get('vb.svc')?.verdict).toBe('good');
  expect(report).toContain('[blocked] vb.drv.loaded:');

  // A machine in software holds nothing of the processor's.
  const holding = await hypervisorProcesses({ root: '/' });
  expect(holding.filter(({ holds }) => holds === 'vboxdrv')).toEqual([]);
});
