// A VM in a systemd scope of its own. Where the tests run there may be no systemd, so `systemd-run` is a script
// that does what the real one does with --scope: checks its options and becomes the program, keeping the pid.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { vmFiles } from './files.ts';
import { readRecord } from './run-record.ts';
import { contextIn, createWorld, freely, openSession, tcg, type World } from './testing/world.ts';

let world: World;
let manager: Server | undefined;
afterEach(async () => {
  manager?.close();
  await world.end();
});

const withSystemd = async (script: string): Promise<NodeJS.ProcessEnv> => {
  world = await createWorld();
  const bin = join(world.root, 'bin');
  const runtime = join(world.root, 'x');
  mkdirSync(bin);
  mkdirSync(join(runtime, 'systemd'), { recursive: true });
  writeFileSync(join(bin, 'systemd-run'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  manager = createServer();
  await new Promise<void>((resolve) => manager!.listen(join(runtime, 'systemd/private'), resolve));
  return { ...process.env, XDG_RUNTIME_DIR: runtime, PATH: `${bin}:${process.env['PATH']}` };
};

it('starts in a scope that carries the VM’s id, and is found again', async () => {
  const env = await withSystemd(
    'echo "$@" > "$XDG_RUNTIME_DIR/args"; while [ "$1" != -- ]; do shift; done; shift; exec "$@"',
  );
  const ctx = contextIn(world.root, env);
  const { session } = await openSession(ctx);
  const definition = world.define();
  await session.start(definition, tcg, freely);
  await session.dispose();
  const args = readFileSync(join(env['XDG_RUNTIME_DIR']!, 'args'), 'utf8');
  expect(args).toMatch(
    new RegExp(`^--user --scope --collect --quiet --unit=polyvisor-vm-${definition.id}-`),
  );
  const again = await openSession(ctx);
  await again.session.adopt([definition]);
  expect(again.powerOf(definition.id)).toBe('running');
  await again.session.powerOff(definition.id);
  await again.session.dispose();
});

it('starts plainly when no scope can be made', async () => {
  const env = await withSystemd('echo "Failed to start transient scope unit: denied" >&2; exit 1');
  const opened = await openSession(contextIn(world.root, env));
  const definition = world.define();
  await opened.session.start(definition, tcg, freely);
  await opened.until(definition.id, 'running');
  expect(readRecord(vmFiles(world.ctx.paths, definition.id).record)?.phase).toBe('running');
  await opened.session.powerOff(definition.id);
  await opened.session.dispose();
  rmSync(join(world.root, 'bin'), { recursive: true });
});
