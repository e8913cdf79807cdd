// The probe guest on real QEMU (software emulation): every line of its report, its commands, its power-off.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseProbeReport, type ProbeReport } from '../../shared/model/probe-report.ts';
import { ensureGuests, guestPaths } from '../harness/guests.ts';
import { startRawQemu, type RawQemu } from '../harness/raw-qemu.ts';

const media = {
  hd: ['-drive', `file=${guestPaths.disk},format=raw,snapshot=on`],
  floppy: ['-drive', `if=floppy,file=${guestPaths.floppy},format=raw,snapshot=on`],
  cd: ['-cdrom', guestPaths.iso],
} as const;
const alike = ['-accel', 'tcg', '-device', 'VGA'];

let running: RawQemu | undefined;
const boot = (...args: readonly string[]): RawQemu => {
  running = startRawQemu([...alike, ...args]);
  return running;
};
const report = async (qemu: RawQemu): Promise<ProbeReport> => {
  await qemu.waitFor(/READY\r\n/);
  const parsed = parseProbeReport(qemu.serial());
  if (parsed === undefined) throw new Error(`no report in:\n${qemu.serial()}`);
  return parsed;
};

beforeAll(async () => {
  await ensureGuests();
});
afterEach(async () => {
  await running?.dispose();
  running = undefined;
});

describe('report', () => {
  const cases = [
    { machine: 'pc', medium: 'hd', vcpus: 1, memoryMiB: 64 },
    { machine: 'pc', medium: 'cd', vcpus: 2, memoryMiB: 256 },
    { machine: 'pc', medium: 'floppy', vcpus: 1, memoryMiB: 64 },
    { machine: 'q35', medium: 'hd', vcpus: 2, memoryMiB: 256 },
    { machine: 'q35', medium: 'cd', vcpus: 1, memoryMiB: 64 },
  ] as const;
  it.each(cases)('$machine from $medium, $vcpus vCPU, $memoryMiB MiB', async (row) => {
    const { machine, medium, vcpus, memoryMiB } = row;
    const qemu = boot('-M', machine, '-m', `${memoryMiB}`, '-smp', `${vcpus}`, ...media[medium]);
    const got = await report(qemu);
    expect(got).toMatchObject({
      medium,
      reachedReal: true,
      reachedProtected: true,
      reachedLong: true,
      hypervisorBit: true,
      signature: 'TCGTCGTCGTCG',
      vcpus,
      memoryMiB,
    });
    expect(got.cpuVendor).toMatch(/^(AuthenticAMD|GenuineIntel)$/);
    expect(got.loopCycles).toBeGreaterThan(100_000);
    expect(got.loopMicroseconds).toBeGreaterThan(100);
    const ids = got.pci.map((device) => device.id);
    expect(ids).toContain('1234:1111');
    expect(ids[0]).toBe(machine === 'pc' ? '8086:1237' : '8086:29c0');
  });

  it('says no to long mode on a 32-bit processor and finds no hypervisor when it hides', async () => {
    const got = await report(boot('-M', 'pc', '-cpu', 'qemu32,-hypervisor', ...media.hd));
    expect(got.reachedProtected).toBe(true);
    expect(got.reachedLong).toBe(false);
    expect(got.hypervisorBit).toBe(false);
    expect(got).not.toHaveProperty('signature');
  });

  it('lists devices behind a bridge', async () => {
    const port = ['-device', 'pcie-root-port,id=rp1,chassis=1', '-device', 'e1000e,bus=rp1'];
    const got = await report(boot('-M', 'q35', ...port, ...media.hd));
    const nic = got.pci.find((device) => device.id === '8086:10d3');
    expect(nic?.address).toMatch(/^01:00\.0$/);
  });
});

describe('after READY', () => {
  it('echoes keys and serial input, counts ticks on request, and is silent otherwise', async () => {
    const qemu = boot('-M', 'pc', ...media.hd);
    await report(qemu);
    const keys = [{ type: 'qcode', data: 'a' }];
    await qemu.qmp('send-key', { keys });
    await qemu.waitFor(/key 0x1e a\r\n/);
    qemu.write('xyz');
    await qemu.waitFor(/xyz/);
    qemu.write('t');
    const first = await qemu.waitFor(/tick (\d+)\r\n/);
    const quietFrom = qemu.serial().length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(qemu.serial().slice(quietFrom)).toBe('');
    qemu.write('t');
    const second = await qemu.waitFor(/tick (\d+)\r\n/, undefined, quietFrom);
    expect(Number(second[1])).toBeGreaterThan(Number(first[1]));
  });

  it('floods the screen until it is told to stop, then shows the former screen', async () => {
    const qemu = boot('-M', 'q35', ...media.hd);
    await report(qemu);
    const shoot = async (name: string): Promise<Buffer> => {
      const filename = join(qemu.folder, name);
      await qemu.qmp('screendump', { filename, format: 'png' });
      return readFileSync(filename);
    };
    qemu.write('f');
    // The guest gets its turn when the host gives it one: look until the picture has changed.
    const one = await shoot('1.png');
    let isChanged = false;
    for (let look = 0; look < 600 && !isChanged; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      isChanged = !one.equals(await shoot('2.png'));
    }
    expect(isChanged).toBe(true);
    qemu.write('s');
    const screens = await qemu.waitFor(/screens (\d+)\r\n/);
    expect(Number(screens[1])).toBeGreaterThan(0);
    // The last of them may still be on its way to the screen.
    await expect.poll(async () => (await shoot('3.png')).equals(await shoot('4.png'))).toBe(true);
  });

  it('sends a burst of lines without losing one', async () => {
    const qemu = boot('-M', 'pc', ...media.hd);
    await report(qemu);
    qemu.write('b');
    await qemu.waitFor(/burst done\r\n/);
    const numbers = [...qemu.serial().matchAll(/^burst (\d+)\r$/gm)].map((match) => match[1]);
    expect(numbers).toEqual(Array.from({ length: 2000 }, (_, index) => `${index}`));
  });

  it('reports again after it resets itself', async () => {
    const qemu = boot('-M', 'q35', ...media.hd);
    await report(qemu);
    qemu.write('r');
    await qemu.waitFor(/reset, bye\r\n[\s\S]*READY\r\n/);
  });

  it.each(['pc', 'q35'])('powers off by itself and by the power button on %s', async (machine) => {
    const first = boot('-M', machine, ...media.hd);
    await report(first);
    first.write('q');
    expect(await first.exited).toBe(0);
    expect(first.serial()).toContain('power off, bye');
    await first.dispose();
    const second = boot('-M', machine, ...media.hd);
    await report(second);
    await second.qmp('system_powerdown');
    expect(await second.exited).toBe(0);
    expect(second.serial()).toContain('power button, bye');
  });
});
