// A machine of VirtualBox in a bridge of this computer, by a tap that belongs to the user: what a bridged or host-only
// adapter is without VirtualBox's kernel driver. The taps are made where the tests have a network of their own.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toEngineId, toVmId } from '../../../../shared/model/brand.ts';
import { parseProbeReport } from '../../../../shared/model/probe-report.ts';
import { openTap } from '../../../process/tap.ts';
import { tapGateway, type Gateway } from '../__fixtures__/gateway.ts';
import { guestCopy, probeMachine } from '../__fixtures__/probe-machine.ts';
import { patient, realSession, type RealSession } from '../__fixtures__/session.ts';
import { valueOf } from '../parse-vminfo.ts';
import { readMachine } from '../read-machine.ts';

let real: RealSession;
let server: Gateway | undefined;
beforeAll(async () => {
  real = await realSession();
});
afterAll(async () => {
  await server?.end();
  await real?.dispose();
});

const hasTaps = ['tap0', 'tap1'].every((name) => existsSync(`/sys/class/net/${name}/brport`));

/** Needs: taps of this user in a bridge. */
describe.runIf(hasTaps)('in a bridge', () => {
  it('boots from a server behind it, on an adapter that stays bridged', async () => {
    const words = ['--nic1', 'bridged', '--bridgeadapter1', 'eth0', '--nictype1', 'Am79C973'];
    const machine = await probeMachine(real.real, 'br', [...words, '--boot1', 'net'], null);
    const vm = toVmId(machine.id);
    const bridged = { kind: 'bridged', uplink: 'eth0' };
    const shown = (): unknown => real.definitionOf(vm)?.config.nics[0]?.attachment;
    await expect.poll(shown, patient).toEqual(bridged);
    server = tapGateway(dirname(guestCopy(real.real, 'probe.pxe')), 'probe.pxe');
    const definition = real.definitionOf(vm);
    if (!definition) throw new Error('not reported');
    const plugs = new Map([['nic0', server.plug]]);
    const ctx = { signal: new AbortController().signal, progress: () => undefined };
    await real.session.start(definition, { engine: toEngineId('software'), plugs }, ctx);
    await machine.says(/^READY\r$/m);
    expect(parseProbeReport(machine.serial())?.medium).toBe('network');
    expect(shown()).toEqual(bridged);
    // One program at a time.
    expect(() => openTap('tap0')).toThrow(/Another program uses it/);
    await real.session.powerOff(vm);
    const { pairs } = await readMachine(real.real.manage, vm);
    expect(valueOf(pairs, 'nic1')).toBe('bridged');
  });
});

it('says why a tap cannot be had', () => {
  expect(() => openTap('nothere0')).toThrow(/network\/refused/);
  expect(() => openTap('much-too-long-a-name')).toThrow(/EINVAL/);
});
