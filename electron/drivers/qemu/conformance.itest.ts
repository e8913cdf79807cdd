// The suite of all drivers, on real QEMU with software emulation.
import { describeDriver } from '../conformance.ts';
import { createQemuDriver } from './index.ts';
import { createWorld, tcg } from './testing/world.ts';

describeDriver('QEMU on TCG', async () => {
  const world = await createWorld();
  return {
    driver: createQemuDriver(),
    context: world.ctx,
    engine: tcg.engine,
    folder: world.root,
    define: () => world.define(),
    dispose: world.end,
  };
});
