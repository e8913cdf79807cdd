// The suite of all drivers, on a real VirtualBox in software.
import { join } from 'node:path';
import { toDriverId, toEngineId } from '../../../shared/model/brand.ts';
import { describeDriver } from '../conformance.ts';
import { contextOf } from './__fixtures__/context.ts';
import { realVirtualBox } from './__fixtures__/real.ts';
import { toDefinition } from './definition.ts';
import { createVirtualBoxDriver } from './index.ts';
import { readByManage } from './watch-poll.ts';

describeDriver('VirtualBox in software', async () => {
  const real = await realVirtualBox();
  const driver = createVirtualBoxDriver();
  let count = 0;
  return {
    driver,
    context: contextOf(real),
    engine: toEngineId('software'),
    folder: join(real.home, 'm'),
    define: async () => {
      count += 1;
      const id = await real.createMachine(`conform ${count}`);
      const reading = await readByManage(real.manage, id, real.env);
      if (reading.kind !== 'read') throw new Error(reading.reason);
      return toDefinition(toDriverId('virtualbox'), reading.facts);
    },
    dispose: real.dispose,
  };
});
