// Machines that boot the probe guest on a real VirtualBox, set up with VBoxManage alone, not through the driver.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { parseProbeReport, type ProbeReport } from '../../../../shared/model/probe-report.ts';
import { engineKeys } from '../engine-keys.ts';
import { launchDriverless, waitForLock, type LaunchOutcome } from '../launch.ts';
import type { RealVirtualBox } from './real.ts';

const guests = resolve(import.meta.dirname, '..', '..', '..', '..', 'out', 'guests');
/** Software is slow, and slower on a busy machine. */
const bootLimitMs = 180_000;

/** A copy of one of our guests for this test alone. */
export const guestCopy = (real: RealVirtualBox, name: string, as = name): string => {
  const from = join(guests, name);
  if (!existsSync(from)) throw new Error(`${from}: run node build/guests/build-guests.mjs`);
  mkdirSync(join(real.home, 'g'), { recursive: true });
  const path = join(real.home, 'g', as);
  copyFileSync(from, path);
  return path;
};

export interface ProbeMachine {
  readonly id: string;
  /** Starts it in software. */
  readonly start: () => Promise<LaunchOutcome>;
  /** What its guest wrote to the serial port since it was last started. */
  readonly serial: () => string;
  /** Resolves when the serial output matches. */
  readonly says: (pattern: RegExp) => Promise<void>;
  /** Starts it, waits until the probe guest is ready, and resolves to what it found. */
  readonly report: () => Promise<ProbeReport>;
  /** Resolves when it is off and free. */
  readonly powerOff: () => Promise<void>;
}

/** Without the firmware's pauses. */
const fast = [
  ...['--bios-logo-fade-in', 'off', '--bios-logo-fade-out', 'off'],
  ...['--bios-logo-display-time', '0', '--bios-boot-menu', 'disabled'],
];

/**
 * A machine with a serial port and, unless `floppy` is `null`, a floppy drive that boots `floppy` (the probe guest).
 * `modify`: more options of modifyvm.
 */
export const probeMachine = async (
  real: RealVirtualBox,
  name: string,
  modify: readonly string[] = [],
  floppy: string | null = 'probe-floppy.img',
): Promise<ProbeMachine> => {
  const { manage } = real;
  const id = await real.createMachine(name);
  const folder = id.slice(0, 8);
  const uart = join(real.home, `${folder}.txt`);
  const port = ['--uart1', '0x3F8', '4', '--uart-mode1', 'file', uart];
  await manage.change(['modifyvm', id, ...fast, ...port, ...modify]);
  if (floppy !== null) {
    await manage.change(['storagectl', id, '--name', 'Floppy', '--add', 'floppy']);
    const medium = guestCopy(real, floppy, `${folder}.img`);
    const place = ['--storagectl', 'Floppy', '--port', '0', '--device', '0', '--type', 'fdd'];
    await manage.change(['storageattach', id, ...place, '--medium', medium]);
  }
  // For good: these machines live no longer than their test.
  for (const [key, value] of Object.entries(engineKeys('software'))) {
    await manage.change(['setextradata', id, key, value]);
  }
  const serial = (): string => (existsSync(uart) ? readFileSync(uart, 'latin1') : '');
  const start = (): Promise<LaunchOutcome> =>
    launchDriverless({
      manage,
      program: real.probe.paths['machine'] ?? '',
      machine: id,
      runtime: join(real.home, 'run', folder),
      logFolder: join(real.home, 'log', folder),
      env: real.env,
      signal: new AbortController().signal,
    });
  const says = async (pattern: RegExp): Promise<void> => {
    await expect.poll(serial, { timeout: bootLimitMs, interval: 100 }).toMatch(pattern);
  };
  return {
    id,
    start,
    serial,
    says,
    report: async () => {
      const outcome = await start();
      if (outcome.kind !== 'running') throw new Error(JSON.stringify(outcome.problem));
      await says(/^READY\r$/m);
      const report = parseProbeReport(serial());
      if (report === undefined) throw new Error(`no report in:\n${serial()}`);
      return report;
    },
    powerOff: async () => {
      await manage.change(['controlvm', id, 'poweroff']);
      await waitForLock(manage, id);
    },
  };
};
