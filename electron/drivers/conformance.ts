// What every driver must do, as one suite: facets and capabilities agree, states follow actions, cancelling leaves
// nothing, unknown VMs are told. Each driver's own test file calls describeDriver with a way to make VMs.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppFailure } from '../../shared/contract/errors.ts';
import { toMiB, toVmId, type EngineId, type VmId } from '../../shared/model/brand.ts';
import type { Capabilities } from '../../shared/model/driver.ts';
import { isLive, type PowerState } from '../../shared/model/power.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import type { DriverContext, DriverEvent, DriverSession, HypervisorDriver } from './types.ts';

export interface ConformanceSetup {
  readonly driver: HypervisorDriver;
  readonly context: DriverContext;
  readonly engine: EngineId;
  /** Where files of machines go. */
  readonly folder: string;
  /** A fresh definition whose guest runs for as long as it is let. */
  readonly define: (session: DriverSession) => Promise<VmDefinition> | VmDefinition;
  readonly dispose: () => Promise<void>;
}

const unknownVm = toVmId('00000000-0000-4000-8000-000000000000');
const ctx = { signal: new AbortController().signal, progress: () => undefined };

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return 'no error';
  if (error instanceof AppFailure) return error.error.code;
  return `untyped: ${error instanceof Error ? error.message : typeof error}`;
};

export const describeDriver = (title: string, setUp: () => Promise<ConformanceSetup>): void => {
  describe(`driver conformance: ${title}`, () => {
    let setup: ConformanceSetup;
    let session: DriverSession;
    let capabilities: Capabilities;
    let events: DriverEvent[];

    beforeAll(async () => {
      setup = await setUp();
      const { driver, context } = setup;
      const probe = await driver.probe(context);
      if (probe.kind !== 'found') throw new Error(`not found: ${JSON.stringify(probe)}`);
      capabilities = await driver.capabilities(probe, context);
      events = [];
      session = await driver.connect(probe, capabilities, context, (event) => events.push(event));
    });
    afterAll(async () => {
      await session?.dispose();
      await setup?.dispose();
    });

    const powersOf = (vm: VmId): readonly PowerState[] =>
      events.flatMap((event) => (event.kind === 'power' && event.vm === vm ? [event.power] : []));
    const reaches = (vm: VmId, power: PowerState): Promise<void> =>
      expect.poll(() => powersOf(vm).at(-1), { timeout: 60_000, interval: 5 }).toBe(power);
    const adopted = async (): Promise<VmDefinition> => {
      const definition = await setup.define(session);
      await session.adopt([definition]);
      return definition;
    };
    const running = async (): Promise<VmDefinition> => {
      const definition = await adopted();
      await session.start(definition, { engine: setup.engine }, ctx);
      await reaches(definition.id, 'running');
      return definition;
    };

    it('has a facet exactly where a capability is declared', () => {
      expect(session.savedState !== undefined).toBe(capabilities.canSaveState);
      expect(session.console !== undefined).toBe(capabilities.consoles.length > 0);
      const canLive =
        capabilities.canChangeForwardsLive ||
        capabilities.canChangeCableLive ||
        capabilities.canChangeMediumLive;
      expect(session.live !== undefined).toBe(canLive);
      expect(session.snapshots !== undefined).toBe(capabilities.hasSnapshots);
      expect(session.openWindow !== undefined).toBe(capabilities.hasOwnWindow);
      expect(session.engineSetting !== undefined).toBe(capabilities.canWriteEngine);
      expect(setup.driver.engines.map((engine) => engine.id)).toContain(setup.engine);
    });

    it('reports a VM that never ran as off', async () => {
      const definition = await adopted();
      expect(powersOf(definition.id)).toEqual(['off']);
    });

    it('goes through the states of a life in order, and proves its engine', async () => {
      const definition = await running();
      const { id } = definition;
      await session.pause(id);
      await reaches(id, 'paused');
      await session.resume(id);
      await reaches(id, 'running');
      await session.powerOff(id);
      await reaches(id, 'off');
      const order = powersOf(id).filter((power, index, all) => power !== all[index - 1]);
      expect(order).toEqual(['off', 'starting', 'running', 'paused', 'running', 'stopping', 'off']);
      await expect
        .poll(() => events.find((event) => event.kind === 'engineProved' && event.vm === id))
        .toMatchObject({ proof: { backend: { driver: setup.driver.id, engine: setup.engine } } });
    });

    it('takes pause, resume and power-off twice', async () => {
      const { id } = await running();
      await session.pause(id);
      await session.pause(id);
      await reaches(id, 'paused');
      await session.resume(id);
      await session.resume(id);
      await reaches(id, 'running');
      await session.powerOff(id);
      await session.powerOff(id);
      await reaches(id, 'off');
    });

    it('says vm/not-found for a VM it does not know', async () => {
      const actions = [
        session.pause(unknownVm),
        session.resume(unknownVm),
        session.reset(unknownVm),
        session.shutdown(unknownVm),
      ];
      for (const action of actions) expect(await codeOf(action)).toBe('vm/not-found');
    });

    it('says vm/wrong-state for what its state does not allow', async () => {
      const off = await adopted();
      expect(await codeOf(session.pause(off.id))).toBe('vm/wrong-state');
      expect(await codeOf(session.shutdown(off.id))).toBe('vm/wrong-state');
      const on = await running();
      const again = session.start(on, { engine: setup.engine }, ctx);
      expect(await codeOf(again)).toBe('vm/wrong-state');
      expect(await codeOf(session.remove(on, false))).toBe('vm/wrong-state');
      await session.powerOff(on.id);
    });

    it('a cancelled start leaves the VM off', async () => {
      const definition = await adopted();
      const stop = new AbortController();
      stop.abort();
      const starting = session.start(
        definition,
        { engine: setup.engine },
        { ...ctx, signal: stop.signal },
      );
      expect(await codeOf(starting)).toBe('job/cancelled');
      expect(isLive(powersOf(definition.id).at(-1) ?? 'off')).toBe(false);
    });

    it('saves, restores and discards', async () => {
      if (!session.savedState) return;
      const definition = await running();
      const { id } = definition;
      await session.savedState.save(definition, ctx);
      await reaches(id, 'saved');
      await session.start(definition, { engine: setup.engine }, ctx);
      await reaches(id, 'running');
      expect(powersOf(id)).toContain('restoring');
      await session.savedState.save(definition, ctx);
      await session.savedState.discard(id);
      await reaches(id, 'off');
    });

    it('keeps an inventory: what it creates, edits and removes is reported as it then is', async () => {
      const { inventory } = session;
      if (!inventory) return;
      const model = await adopted();
      const made: VmDefinition = { ...model, id: toVmId(randomUUID()), name: 'made here' };
      const reported = (): VmDefinition | undefined =>
        events
          .flatMap((event) =>
            event.kind === 'definitionChanged' && event.definition.id === made.id
              ? [event.definition]
              : [],
          )
          .at(-1);
      await inventory.create(made, setup.folder, ctx);
      await expect.poll(reported, { timeout: 60_000 }).toMatchObject({ name: 'made here' });
      await session.adopt([made]);
      expect(powersOf(made.id)).toEqual(['off']);
      const before = reported() ?? made;
      const config = { ...before.config, memory: toMiB(before.config.memory + 4) };
      await inventory.edit(before, { ...before, name: 'renamed', config });
      expect(reported()).toMatchObject({ name: 'renamed', config: { memory: config.memory } });
      expect(await session.snapshots?.list(made.id)).toEqual([]);
      await session.remove(made, true);
      await expect
        .poll(() => events.some((event) => event.kind === 'definitionGone' && event.vm === made.id))
        .toBe(true);
    });

    it('refuses a configuration with no processor, and removes a VM for good', async () => {
      const definition = await adopted();
      const none = { ...definition.config, vcpus: 0 };
      expect(await codeOf(session.validate(none))).toBe('vm/vcpus-out-of-range');
      expect(await codeOf(session.validate(definition.config))).toBe('no error');
      await session.remove(definition, true);
      expect(await codeOf(session.pause(definition.id))).toBe('vm/not-found');
    });
  });
};
