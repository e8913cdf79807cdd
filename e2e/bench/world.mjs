// A home of its own for one run of the app: XDG folders in a temporary place, and any number of VMs in it.
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const families = ['linux', 'windows-10', 'windows-xp', 'other'];

/** A UUID that is the same in every run. */
const idOf = (index) => `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;

/** vm.json of a usual machine: one disk, one CD drive, one network card. */
const definition = (index, folder) => ({
  version: 1,
  id: idOf(index),
  name: `Machine ${String(index).padStart(4, '0')}`,
  driver: 'qemu',
  family: families[index % families.length],
  createdAt: 1_760_000_000_000 + index,
  config: {
    vcpus: 2,
    memory: 2048,
    firmware: { kind: 'bios' },
    chipset: 'q35',
    machineType: 'pc-q35-7.2',
    cpuModel: 'default',
    disks: [
      {
        id: 'disk0',
        path: join(folder, 'disk0.qcow2'),
        format: 'qcow2',
        bus: 'virtio',
        isOwned: true,
      },
    ],
    cdDrives: [{ id: 'cd0' }],
    bootOrder: ['disk', 'cd'],
    display: 'std',
    nics: [
      {
        id: 'nic0',
        model: 'virtio-net-pci',
        mac: `52:54:00:00:${(index >> 8).toString(16).padStart(2, '0')}:${(index & 255).toString(16).padStart(2, '0')}`,
        isCableConnected: true,
        attachment: { kind: 'nat', ipv6: true, forwards: [] },
      },
    ],
    hasSerialPort: true,
    rtcBase: 'utc',
    hasUsbTablet: true,
    hasGuestAgent: true,
  },
});

/** Makes the world; `count` machines are defined in it. `dispose` removes it with everything. */
export function makeWorld(count = 0) {
  const home = mkdtempSync(join(tmpdir(), 'pvb-'));
  const folders = { data: 'd', state: 's', config: 'c', cache: 'k', runtime: 'r' };
  for (const name of Object.values(folders)) mkdirSync(join(home, name), { mode: 0o700 });
  const vms = join(home, folders.data, 'polyvisor', 'vms');
  mkdirSync(vms, { recursive: true, mode: 0o700 });
  const image = join(home, 'disk.qcow2');
  if (count > 0) execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', image, '20G']);
  for (let index = 1; index <= count; index += 1) {
    const folder = join(vms, idOf(index));
    mkdirSync(folder, { mode: 0o700 });
    // Every machine has its image; one image with many names saves the disk.
    linkSync(image, join(folder, 'disk0.qcow2'));
    const text = `${JSON.stringify(definition(index, folder), undefined, 2)}\n`;
    writeFileSync(join(folder, 'vm.json'), text, { mode: 0o600 });
  }
  const outer = { ...process.env };
  // No desktop around: no tray host, no notifications, no second kind of display.
  delete outer.DBUS_SESSION_BUS_ADDRESS;
  delete outer.WAYLAND_DISPLAY;
  return {
    home,
    runtime: join(home, folders.runtime, 'polyvisor'),
    env: {
      ...outer,
      HOME: home,
      XDG_DATA_HOME: join(home, folders.data),
      XDG_STATE_HOME: join(home, folders.state),
      XDG_CONFIG_HOME: join(home, folders.config),
      XDG_CACHE_HOME: join(home, folders.cache),
      XDG_RUNTIME_DIR: join(home, folders.runtime),
    },
    dispose: () => rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}
