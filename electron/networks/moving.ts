// Moves the port of a running machine to another place on our switch. Where that is another network or VLAN, the cable
// is out meanwhile, so that the guest asks for an address anew. What was begun is written down: a manager that comes
// after one that was killed in between completes it.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { vmIdSchema, type VmId } from '../../shared/model/brand.ts';
import type { Nic, Vlan } from '../../shared/model/network.ts';
import type { Network } from '../../shared/model/networks.ts';
import { isLive } from '../../shared/model/power.ts';
import type { Vm, VmDefinition } from '../../shared/model/vm.ts';
import type { Supervisor } from '../drivers/supervisor.ts';
import { createLanes } from '../fabric/lanes.ts';
import type { FabricPort } from '../fabric/protocol.ts';
import type { Logger } from '../log/logger.ts';
import { readJsonFile, writeJsonFile, type JsonFile } from '../persist/json-file.ts';
import type { Store } from '../state/store.ts';
import type { Book } from './book.ts';
import { fabricPort } from './fabric-spec.ts';
import type { Planner } from './planner.ts';
import type { NetworkRuntime } from './runtime.ts';

/** Long enough for every guest to see that the cable was out; VirtualBox waits as long by itself. */
const cableOutMs = 3000;

const moveSchema = z.object({
  vm: vmIdSchema,
  nic: z.string(),
  /** What it shall be in the end. */
  isCableConnected: z.boolean(),
});
type Move = z.infer<typeof moveSchema>;
const documentSchema = z.object({ version: z.number(), moves: z.array(moveSchema) });
type Document = z.infer<typeof documentSchema>;

export interface Moving {
  /** Whether the running machine's port can take this now. */
  readonly canMove: (vm: Vm, after: Nic) => Promise<boolean>;
  /** False: it has to wait for the next start. Rejects with `network/*`; the port is where it was then. */
  readonly move: (vm: Vm, after: Nic) => Promise<boolean>;
  /** What an earlier manager began. Never rejects. */
  readonly complete: () => Promise<void>;
}

export interface MovingDeps {
  readonly stateDir: string;
  readonly book: Book;
  readonly planner: Pick<Planner, 'plan' | 'backendOf'>;
  readonly runtime: NetworkRuntime;
  readonly store: Pick<Store, 'getState'>;
  readonly supervisor: Pick<Supervisor, 'current'>;
  readonly machines: () => readonly VmDefinition[];
  readonly changeDefinition: (after: VmDefinition) => Promise<void>;
  readonly log: Logger;
  /** In milliseconds. Absent: long enough for guests. */
  readonly cableOutMs?: number;
}

const sameVlan = (a: Vlan | undefined, b: Vlan | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

export const createMoving = (deps: MovingDeps): Moving => {
  const { book, planner, runtime, store, log } = deps;
  const lanes = createLanes();
  const file: JsonFile<Document> = {
    path: join(deps.stateDir, 'moves.json'),
    schema: documentSchema,
    version: 1,
  };
  let moves: readonly Move[] = [];

  const write = (next: readonly Move[]): Promise<void> =>
    lanes.run('file', async () => {
      moves = next;
      await writeJsonFile(file, { version: 1, moves: [...next] });
    });
  const isAbout = (move: Move, vm: VmId, nic: string): boolean =>
    move.vm === vm && move.nic === nic;
  const forget = (vm: VmId, nic: string): Promise<void> =>
    write(moves.filter((move) => !isAbout(move, vm, nic)));

  /** Where the plan leads and the running machine is plugged in already, by the same way. */
  const placeOf = async (
    { definition: { id } }: Vm,
    after: Nic,
  ): Promise<{ readonly network: Network; readonly port: FabricPort } | undefined> => {
    const port = runtime.portsOf(id).find(({ nic }) => nic === after.id);
    if (!port || port.mac !== after.mac) return undefined;
    const plan = await planner.plan(id, after, planner.backendOf(id));
    const step = plan.kind === 'plan' ? plan.steps.find((each) => each.kind === 'port') : undefined;
    if (step?.kind !== 'port' || step.plug !== port.endpoint.kind) return undefined;
    return { network: book.get(step.network), port };
  };

  const isRunning = (id: VmId): boolean => isLive(store.getState().vms[id]?.power ?? 'off');

  const setCable = async ({ definition }: Vm, nic: string, isConnected: boolean): Promise<void> => {
    const live = deps.supervisor.current(definition.driver)?.session.live;
    await live?.setCable(definition.id, nic, isConnected);
  };

  const plug = async (vm: Vm, after: Nic, network: Network, former: FabricPort): Promise<void> => {
    const { definition } = vm;
    const port = fabricPort(network.id, definition, after, former.endpoint, deps.machines());
    await runtime.ensurePort(port);
    // It ended meanwhile, and its ports were taken away before this one was there.
    if (!isRunning(definition.id)) await runtime.removePort(definition.id, after.id);
  };

  const moveTo = async (
    vm: Vm,
    after: Nic,
    network: Network,
    former: FabricPort,
  ): Promise<void> => {
    const { id } = vm.definition;
    const { isCableConnected } = after;
    await write([
      ...moves.filter((move) => !isAbout(move, id, after.id)),
      { vm: id, nic: after.id, isCableConnected },
    ]);
    try {
      await setCable(vm, after.id, false);
      await plug(vm, after, network, former);
      await sleep(deps.cableOutMs ?? cableOutMs);
    } finally {
      await setCable(vm, after.id, isCableConnected).catch((error: unknown) => {
        if (isRunning(id)) throw error;
      });
      await forget(id, after.id);
    }
  };

  const move = async (vm: Vm, after: Nic): Promise<boolean> => {
    const place = await placeOf(vm, after);
    if (!place) return false;
    const { network, port } = place;
    const isSameNetwork = port.network === network.id;
    // Up before the cable is out: what goes wrong with it disturbs nobody.
    await runtime.ensure(network);
    const next = fabricPort(network.id, vm.definition, after, port.endpoint, deps.machines());
    try {
      if (isSameNetwork && sameVlan(port.vlan, next.vlan)) await plug(vm, after, network, port);
      else await moveTo(vm, after, network, port);
    } finally {
      for (const id of [port.network, network.id]) await runtime.stopIfIdle(id);
    }
    return true;
  };

  /** Where it belongs by what is stored, with the cable as it was wanted. */
  const completeOne = async ({ vm: id, nic: nicId, isCableConnected }: Move): Promise<void> => {
    const vm = store.getState().vms[id];
    const nic = vm?.definition.config.nics.find((each) => each.id === nicId);
    if (vm && nic && isRunning(id)) {
      const place = await placeOf(vm, nic);
      if (place) {
        await runtime.ensure(place.network);
        await moveTo(vm, { ...nic, isCableConnected }, place.network, place.port);
        await runtime.stopIfIdle(place.port.network);
      } else await setCable(vm, nicId, isCableConnected);
    } else if (vm && nic && nic.isCableConnected !== isCableConnected) {
      const { definition } = vm;
      const nics = definition.config.nics.map((each) =>
        each.id === nicId ? { ...each, isCableConnected } : each,
      );
      await deps.changeDefinition({ ...definition, config: { ...definition.config, nics } });
    }
    await forget(id, nicId);
  };

  return {
    canMove: async (vm, after) => (await placeOf(vm, after)) !== undefined,
    move: (vm, after) => lanes.run(`${vm.definition.id}/${after.id}`, () => move(vm, after)),
    complete: async () => {
      try {
        const outcome = await readJsonFile(file);
        if (outcome.kind !== 'read' && outcome.kind !== 'recovered') return;
        ({ moves } = outcome.value);
        for (const one of moves) {
          await lanes
            .run(`${one.vm}/${one.nic}`, () => completeOne(one))
            .catch((error: unknown) => {
              log.warn('a move was not completed', { ...one, error: String(error) });
            });
        }
      } catch (error) {
        log.warn('moves not read', { error: String(error) });
      }
    },
  };
};
