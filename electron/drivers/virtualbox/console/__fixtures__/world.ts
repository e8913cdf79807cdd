// Consoles of a real VirtualBox for tests: the machines' context as the driver makes it, with a log that is kept.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { AppError } from '../../../../../shared/contract/errors.ts';
import { toDriverId, toVmId, type VmId } from '../../../../../shared/model/brand.ts';
import type { PowerState } from '../../../../../shared/model/power.ts';
import { createFileLogger } from '../../../../log/logger.ts';
import { createExec } from '../../../../process/exec.ts';
import type { AppPaths } from '../../../types.ts';
import { realVirtualBox, type RealVirtualBox } from '../../__fixtures__/real.ts';
import type { MachineContext } from '../../machine-context.ts';
import { createVBoxApi, type VBoxApi } from '../../vbox-api.ts';
import { createVBoxManage } from '../../vboxmanage.ts';
import { startWebService, type WebService } from '../../web-service.ts';
import { createRemoteDisplays, type RemoteDisplays } from '../remote-display.ts';
import type { HoldPort } from '../vnc-guard.ts';

export interface ConsoleWorld {
  readonly real: RealVirtualBox;
  readonly machines: MachineContext;
  readonly api: VBoxApi;
  /** As a manager that has just started would have them. */
  readonly newDisplays: (options?: { readonly hold?: HoldPort }) => RemoteDisplays;
  readonly warnings: readonly AppError[];
  readonly setPower: (vm: VmId, power: PowerState) => void;
  /** From now on as if there were no web service. */
  readonly setService: (isThere: boolean) => void;
  /** Everything our log says, with every command line. */
  readonly log: () => string;
  readonly dispose: () => Promise<void>;
}

export const consoleWorld = async (): Promise<ConsoleWorld> => {
  const real = await realVirtualBox();
  const logPath = join(real.home, 'p', 'polyvisor.log');
  const log = createFileLogger(logPath);
  const manage = createVBoxManage(createExec(log), real.probe.paths['manage'] ?? '', real.env);
  const path = real.probe.paths['webService'] ?? '';
  const service: WebService = await startWebService({ manage, env: real.env, path, log });
  const api = createVBoxApi(service);
  let isServiceThere = true;
  const folder = (name: string): string => {
    const made = join(real.home, 'p', name);
    mkdirSync(made, { recursive: true, mode: 0o700 });
    return made;
  };
  const paths: AppPaths = {
    config: folder('c'),
    data: folder('d'),
    state: folder('s'),
    runtime: join(real.home, 'run'),
    cache: folder('k'),
    resources: folder('r'),
  };
  const power = new Map<VmId, PowerState>();
  const machines: MachineContext = {
    driver: toDriverId('virtualbox'),
    manage,
    api: () => (isServiceThere ? api : undefined),
    ctx: { exec: createExec(log), log, paths, now: Date.now, env: real.env },
    probe: real.probe,
    definitionOf: () => undefined,
    refresh: () => Promise.resolve(),
    powerOf: (vm) => power.get(toVmId(vm)),
  };
  const warnings: AppError[] = [];
  const made: RemoteDisplays[] = [];
  return {
    real,
    machines,
    api,
    newDisplays: (options = {}) => {
      const warn = (_vm: VmId, error: AppError): number => warnings.push(error);
      const displays = createRemoteDisplays({ machines, warn, ...options });
      made.push(displays);
      return displays;
    },
    warnings,
    setPower: (vm, state) => power.set(vm, state),
    setService: (isThere) => (isServiceThere = isThere),
    log: () => readFileSync(logPath, 'utf8'),
    dispose: async () => {
      for (const displays of made) await displays.dispose();
      await service.stop();
      await real.dispose();
    },
  };
};

/** Bytes of a stream, waited for. */
const reader = (
  stream: Duplex,
): { readonly take: (count: number) => Promise<Buffer> } => {
  let bytes = Buffer.alloc(0);
  let taken = 0;
  let wake: () => void = () => undefined;
  stream.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    wake();
  });
  stream.on('close', () => wake());
  return {
    take: async (count) => {
      while (bytes.length - taken < count) {
        if (stream.destroyed) throw new Error(`closed with ${bytes.length - taken} of ${count}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
      taken += count;
      return bytes.subarray(taken - count, taken);
    },
  };
};

/** A handshake without security, as noVNC does it; resolves to the screen's size and name. */
export const enterScreen = async (
  stream: Duplex,
): Promise<{
  readonly width: number;
  readonly height: number;
  readonly name: string;
  readonly take: (count: number) => Promise<Buffer>;
}> => {
  const { take } = reader(stream);
  if ((await take(12)).toString() !== 'RFB 003.008\n') throw new Error('no RFB 3.8');
  stream.write('RFB 003.008\n');
  const types = await take(2);
  if (!types.equals(Buffer.from([1, 1])))
    throw new Error(`security types ${types.toString('hex')}`);
  stream.write(Buffer.from([1]));
  if ((await take(4)).readUInt32BE() !== 0) throw new Error('not let in');
  stream.write(Buffer.from([1]));
  const init = await take(24);
  const name = (await take(init.readUInt32BE(20))).toString();
  return { width: init.readUInt16BE(0), height: init.readUInt16BE(2), name, take };
};
