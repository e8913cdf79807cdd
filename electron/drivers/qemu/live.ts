// Changes of a running VM: port forwards, network cable, medium in a CD drive. Each is read back.
import { failure } from '../../../shared/contract/errors.ts';
import type { VmId } from '../../../shared/model/brand.ts';
import type { Nic, PortForward } from '../../../shared/model/network.ts';
import type { LiveChangeFacet } from '../types.ts';
import { floppyId, mediumNode } from './command-line-devices.ts';
import { assertPortFree } from './host-ports.ts';
import type { Machine } from './machine.ts';
import { assertFile, mayWrite } from './media-checks.ts';
import { forwardKey, forwardRule, netdevOf } from './netdev.ts';
import type { QmpClient } from './qmp.ts';

/** Only QEMU's own NAT takes forwards while it runs; passt is told at its start. */
const assertNat = (machine: Machine, nic: string): void => {
  const found = machine.record.definition.config.nics.find((row) => row.id === nic);
  if (found?.attachment.kind === 'nat' && !machine.record.plugs?.[nic]) return;
  const setting = 'A port forward';
  throw failure('vm/not-changeable-live', { name: machine.name, setting });
};

/**
 * `info usernet` has a table per network: "Protocol[State] FD Source-Address Port Dest-Address Port RecvQ SendQ",
 * a rule being a row such as "  TCP[HOST_FORWARD]  13       127.0.0.1 15201       10.0.2.15  5201     0     0".
 */
export const hasForward = (usernet: string, forward: PortForward): boolean => {
  const address = forward.hostAddress === '' ? '*' : forward.hostAddress;
  return usernet.split('\n').some((line) => {
    const [state, , source, port, , guestPort] = line.trim().split(/\s+/);
    return (
      state === `${forward.protocol.toUpperCase()}[HOST_FORWARD]` &&
      (source === address || (address === '*' && source === '0.0.0.0')) &&
      port === `${forward.hostPort}` &&
      guestPort === `${forward.guestPort}`
    );
  });
};

const refused = (command: string, message: string): Error =>
  failure('qemu/qmp-error', { command, message });

/** What runs is written down at once: a saved state is restored with it. */
const changeNic = (machine: Machine, nic: string, change: (old: Nic) => Nic): void =>
  machine.updateConfig((config) => ({
    ...config,
    nics: config.nics.map((row) => (row.id === nic ? change(row) : row)),
  }));

const changeForwards = (
  machine: Machine,
  nic: string,
  change: (old: readonly PortForward[]) => readonly PortForward[],
): void =>
  changeNic(machine, nic, (row) =>
    row.attachment.kind === 'nat'
      ? { ...row, attachment: { ...row.attachment, forwards: change(row.attachment.forwards) } }
      : row,
  );

const addForward = async (machine: Machine, nic: string, forward: PortForward): Promise<void> => {
  assertNat(machine, nic);
  const qmp = await machine.control();
  if (hasForward(await qmp.human('info usernet'), forward)) {
    throw failure('network/forward-exists', { port: forward.hostPort });
  }
  assertPortFree(forward);
  const answer = await qmp.human(`hostfwd_add ${netdevOf(nic)} ${forwardRule(forward)}`);
  const isThere = hasForward(await qmp.human('info usernet'), forward);
  if (answer !== '' || !isThere) throw refused('hostfwd_add', answer || 'the rule is not there');
  changeForwards(machine, nic, (rules) => [...rules, forward]);
};

const removeForward = async (
  machine: Machine,
  nic: string,
  forward: PortForward,
): Promise<void> => {
  assertNat(machine, nic);
  const qmp = await machine.control();
  const answer = await qmp.human(`hostfwd_remove ${netdevOf(nic)} ${forwardKey(forward)}`);
  const isThere = hasForward(await qmp.human('info usernet'), forward);
  if (isThere) throw refused('hostfwd_remove', answer);
  changeForwards(machine, nic, (rules) =>
    rules.filter((rule) => forwardKey(rule) !== forwardKey(forward)),
  );
};

interface Inserted {
  readonly node: string;
  readonly file: string;
}

/** What is in the drive, by query-block; `undefined` = empty. */
const insertedIn = async (qmp: QmpClient, drive: string): Promise<Inserted | undefined> => {
  const rows = (await qmp.execute('query-block')) as readonly {
    readonly qdev?: string;
    readonly inserted?: { readonly 'node-name': string; readonly file: string };
  }[];
  const inserted = rows.find(
    (row) => row.qdev === drive || row.qdev?.split('/').includes(drive),
  )?.inserted;
  return inserted && { node: inserted['node-name'], file: inserted.file };
};

let mediumCount = 0;

/** The device behind a drive of the configuration: CDs carry their own id, the floppy drive is `floppy`. */
const deviceOf = (machine: Machine, drive: string): string => {
  const { config } = machine.record.definition;
  if (config.cdDrives.some((row) => row.id === drive)) return drive;
  if (drive === 'floppy' && config.floppy) return floppyId;
  throw failure('vm/not-changeable-live', { name: machine.name, setting: drive });
};

/** The drive's entry with another file in it, or none. */
const withPath = <T extends { readonly path?: string | undefined }>(row: T, path?: string): T => {
  const { path: _former, ...empty } = row;
  return { ...empty, ...(path === undefined ? {} : { path }) } as T;
};

const changeMedium = async (
  machine: Machine,
  drive: string,
  path: string | undefined,
): Promise<void> => {
  const id = deviceOf(machine, drive);
  if (path !== undefined) await assertFile(path, false);
  const qmp = await machine.control();
  const nodeName = `${id}-medium${machine.record.token}${mediumCount++}`;
  const isReadOnly = id !== floppyId || !mayWrite(path);
  // Opened first: a medium that cannot be opened leaves the old one in the drive.
  if (path !== undefined) await qmp.execute('blockdev-add', mediumNode(nodeName, path, isReadOnly));
  const before = await insertedIn(qmp, id);
  // Forced: the guest may have locked the door.
  await qmp.execute('blockdev-open-tray', { id, force: true });
  if (before) {
    await qmp.execute('blockdev-remove-medium', { id });
    await qmp.execute('blockdev-del', { 'node-name': before.node });
  }
  if (path !== undefined) {
    await qmp.execute('blockdev-insert-medium', { id, 'node-name': nodeName });
  }
  await qmp.execute('blockdev-close-tray', { id });
  const after = await insertedIn(qmp, id);
  if (after?.file !== path) {
    throw refused('blockdev-insert-medium', `the drive holds ${after?.file ?? 'nothing'}`);
  }
  machine.updateConfig((old) => ({
    ...old,
    cdDrives: old.cdDrives.map((row) => (row.id === drive ? withPath(row, path) : row)),
    ...(id === floppyId && old.floppy ? { floppy: withPath(old.floppy, path) } : {}),
  }));
};

export const createLiveChanges = (machineOf: (vm: VmId) => Machine): LiveChangeFacet => ({
  addForward: (vm, nic, forward) => addForward(machineOf(vm), nic, forward),
  removeForward: (vm, nic, forward) => removeForward(machineOf(vm), nic, forward),
  setCable: async (vm, nic, isConnected) => {
    // QEMU answers with an error for an unknown card; there is no command that reads the link back.
    const machine = machineOf(vm);
    const qmp = await machine.control();
    await qmp.execute('set_link', { name: nic, up: isConnected });
    changeNic(machine, nic, (row) => ({ ...row, isCableConnected: isConnected }));
  },
  changeMedium: (vm, drive, path) => changeMedium(machineOf(vm), drive, path),
});
