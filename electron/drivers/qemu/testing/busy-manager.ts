// A manager that never rests: adopts its VMs and then starts, pauses, resumes and saves them at random, until it
// is killed. Bundled and run as a process of its own by kill-loop.itest.ts: argv = root folder, definitions file.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { PowerState } from '../../../../shared/model/power.ts';
import { vmDefinitionSchema, type VmDefinition } from '../../../../shared/model/vm.ts';
import { isFailure } from '../../../../shared/contract/errors.ts';
import { contextIn, freely, openSession, tcg } from './world.ts';

process.stdout.write('LOADED\n');
const [, , root = '', list = ''] = process.argv;
const definitions = z.array(vmDefinitionSchema).parse(JSON.parse(readFileSync(list, 'utf8')));
const { session, powerOf } = await openSession(contextIn(root));
await session.adopt(definitions);
process.stdout.write('ADOPTED\n');

const step = async (definition: VmDefinition, power: PowerState | undefined): Promise<void> => {
  const { id } = definition;
  switch (power) {
    case 'off':
    case 'saved':
      return session.start(definition, tcg, freely);
    case 'running':
      return Math.random() < 0.7 ? session.savedState?.save(definition, freely) : session.pause(id);
    case 'paused':
      return Math.random() < 0.5
        ? session.savedState?.save(definition, freely)
        : session.resume(id);
    default:
      return undefined;
  }
};

const keepBusy = async (definition: VmDefinition): Promise<void> => {
  for (;;) {
    const power = powerOf(definition.id);
    try {
      await step(definition, power);
    } catch (error) {
      const text = isFailure(error) ? JSON.stringify(error.error) : String(error);
      process.stdout.write(`FAILED ${power} ${text}\n`);
    }
    await sleep(Math.random() * 100);
  }
};
await Promise.all(definitions.map(keepBusy));
