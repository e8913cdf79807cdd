// Changes of a running machine: port forwards, network cable, medium in a drive. Each is read back, since VirtualBox
// agrees to what it then does not do. What it keeps of them is there at the next start too.
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../../../../shared/contract/errors.ts';
import type { VmId } from '../../../../shared/model/brand.ts';
import type { Nic, PortForward } from '../../../../shared/model/network.ts';
import { isLive } from '../../../../shared/model/power.ts';
import type { VmDefinition } from '../../../../shared/model/vm.ts';
import type { LiveChangeFacet } from '../../types.ts';
import { readMachine } from '../launch.ts';
import type { MachineContext } from '../machine-context.ts';
import { forwardsOf, valueOf } from '../parse-vminfo.ts';
import { assertPortFree, isPortTaken } from './host-port.ts';
import { fileAt } from './media.ts';
import { placeOf, slotOf } from './places.ts';
import { inOurWords } from './refusals.ts';
import { ruleName, ruleWord } from './words.ts';

type LiveDeps = Pick<MachineContext, 'manage' | 'definitionOf' | 'powerOf' | 'refresh'>;

/** The guest's network card answers within this time also in software on a busy host. */
const listenLimitMs = 10_000;
const lookMs = 100;

const definitionOf = (deps: LiveDeps, vm: VmId): VmDefinition => {
  const definition = deps.definitionOf(vm);
  if (!definition) throw failure('vm/not-found', { id: vm });
  return definition;
};

interface Card {
  readonly nic: Nic;
  readonly name: string;
  /** As VBoxManage counts: 1 to 8. */
  readonly number: number;
}

const cardOf = (deps: LiveDeps, vm: VmId, id: string): Card => {
  const { name, config } = definitionOf(deps, vm);
  const nic = config.nics.find((row) => row.id === id);
  const slot = slotOf(id);
  if (!nic || slot === undefined) throw failure('vm/not-changeable-live', { name, setting: id });
  return { nic, name, number: slot + 1 };
};

const isRunning = (deps: LiveDeps, vm: VmId): boolean => {
  const power = deps.powerOf(vm);
  return power !== undefined && isLive(power);
};

/** `controlvm` for a machine that runs, `modifyvm` for one that is off. */
const change = async (
  deps: LiveDeps,
  vm: VmId,
  setting: string,
  words: { readonly live: readonly string[]; readonly off: readonly string[] },
): Promise<void> => {
  const args = isRunning(deps, vm)
    ? ['controlvm', vm, ...words.live]
    : ['modifyvm', vm, ...words.off];
  try {
    await deps.manage.change(args);
  } catch (error) {
    throw inOurWords(error, definitionOf(deps, vm).name, setting);
  }
};

const hasRule = async (
  deps: LiveDeps,
  vm: VmId,
  number: number,
  forward: PortForward,
): Promise<boolean> => {
  const rules = forwardsOf(await readMachine(deps.manage, vm));
  return rules.some((rule) => rule.nic === number && rule.name === ruleName(forward));
};

const deleteRule = (deps: LiveDeps, vm: VmId, number: number, rule: PortForward): Promise<void> =>
  change(deps, vm, 'A port forward', {
    live: [`natpf${number}`, 'delete', ruleName(rule)],
    off: [`--nat-pf${number}`, 'delete', ruleName(rule)],
  });

const untilListening = async (forward: PortForward): Promise<boolean> => {
  const deadline = performance.now() + listenLimitMs;
  for (;;) {
    if (await isPortTaken(forward)) return true;
    if (performance.now() > deadline) return false;
    await sleep(lookMs);
  }
};

const addForward = async (
  deps: LiveDeps,
  vm: VmId,
  id: string,
  forward: PortForward,
): Promise<void> => {
  const { nic, name, number } = cardOf(deps, vm, id);
  if (nic.attachment.kind !== 'nat') {
    throw failure('vm/not-changeable-live', { name, setting: 'A port forward' });
  }
  if (await hasRule(deps, vm, number, forward)) {
    throw failure('network/forward-exists', { port: forward.hostPort });
  }
  const runs = isRunning(deps, vm);
  if (runs) await assertPortFree(forward);
  await change(deps, vm, 'A port forward', {
    live: [`natpf${number}`, ruleWord(forward)],
    off: [`--nat-pf${number}`, ruleWord(forward)],
  });
  // With the cable out, VirtualBox may well wait with it.
  if (runs && nic.isCableConnected && !(await untilListening(forward))) {
    await deleteRule(deps, vm, number, forward);
    const reason = `VirtualBox took the rule, but does not listen on port ${forward.hostPort}.`;
    throw failure('network/bad-forward', { reason });
  }
  await deps.refresh(vm);
};

const removeForward = async (
  deps: LiveDeps,
  vm: VmId,
  id: string,
  forward: PortForward,
): Promise<void> => {
  const { number } = cardOf(deps, vm, id);
  try {
    await deleteRule(deps, vm, number, forward);
  } catch (error) {
    if (await hasRule(deps, vm, number, forward)) throw error;
  }
  await deps.refresh(vm);
};

const setCable = async (
  deps: LiveDeps,
  vm: VmId,
  id: string,
  isConnected: boolean,
): Promise<void> => {
  const { number, name } = cardOf(deps, vm, id);
  const word = isConnected ? 'on' : 'off';
  const setting = 'A network cable';
  const words = {
    live: [`setlinkstate${number}`, word],
    off: [`--cable-connected${number}`, word],
  };
  await change(deps, vm, setting, words);
  const info = await readMachine(deps.manage, vm);
  if (valueOf(info.pairs, `cableconnected${number}`) !== word) {
    throw failure('vm/not-changeable-live', { name, setting });
  }
  await deps.refresh(vm);
};

const changeMedium = async (
  deps: LiveDeps,
  vm: VmId,
  drive: string,
  path: string | undefined,
): Promise<void> => {
  const { name, config } = definitionOf(deps, vm);
  const isFloppy = drive === 'floppy';
  const row = isFloppy ? config.floppy : config.cdDrives.find((cd) => cd.id === drive);
  const place = row && placeOf(row);
  if (!place) throw failure('vm/not-changeable-live', { name, setting: drive });
  if (path !== undefined) await fileAt(path);
  const medium = path ?? 'emptydrive';
  const { controller, port, device } = place;
  try {
    // Forced: the guest may have locked the door.
    await deps.manage.change([
      ...['storageattach', vm, '--storagectl', controller],
      ...['--port', String(port), '--device', String(device)],
      ...['--type', isFloppy ? 'fdd' : 'dvddrive', '--medium', medium, '--forceunmount'],
    ]);
  } catch (error) {
    throw inOurWords(error, name, 'The medium in a drive');
  }
  const info = await readMachine(deps.manage, vm);
  const present = valueOf(info.pairs, `${controller}-${port}-${device}`);
  if (present !== medium) {
    const reason = `the drive holds ${present ?? 'nothing'}`;
    throw failure('medium/tool-failed', { path: medium, reason });
  }
  await deps.refresh(vm);
};

export const createLive = (deps: LiveDeps): LiveChangeFacet => ({
  addForward: (vm, nic, forward) => addForward(deps, vm, nic, forward),
  removeForward: (vm, nic, forward) => removeForward(deps, vm, nic, forward),
  setCable: (vm, nic, isConnected) => setCable(deps, vm, nic, isConnected),
  changeMedium: (vm, drive, path) => changeMedium(deps, vm, drive, path),
});
