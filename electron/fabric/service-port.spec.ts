import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { servicePort } from './service-port.ts';
import { createSwitch } from './switch/switch.ts';
import { withPrefix } from './switch/frame.ts';
import { everybody, frameOf, plug } from './testing/frames.ts';

const [machine, service] = ['52:54:00:00:00:01', '02:00:00:00:00:01'];
let folder = '';
let visitor: Socket | undefined;
let heard = Buffer.alloc(0);
const server = createServer((socket) => {
  visitor = socket;
  socket.on('error', () => undefined);
  socket.on('data', (data) => {
    heard = Buffer.concat([heard, data]);
  });
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sp-'));
  await new Promise<void>((done) => server.listen(join(folder, 'gw'), done));
});
afterEach(() => {
  visitor?.destroy();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

it('carries what may pass both ways, and counts nothing else', async () => {
  const home = createSwitch();
  const guest = plug(home);
  const hasNo = (word: string) => (frame: Buffer) => !frame.includes(word);
  const attached = servicePort(home).attach(join(folder, 'gw'), {
    mayGoOut: hasNo('secret'),
    mayComeIn: hasNo('bad'),
  });
  await vi.waitFor(() => expect(attached.isConnected()).toBe(true));
  const out = (payload: string): Buffer => frameOf({ to: everybody, from: machine, payload });
  for (const payload of ['one', 'secret', 'two']) guest.send(out(payload));
  await vi.waitFor(() =>
    expect(heard).toEqual(Buffer.concat([out('one'), out('two')].map(withPrefix))),
  );
  const back = (payload: string): Buffer => frameOf({ to: machine, from: service, payload });
  visitor?.write(Buffer.concat(['one', 'bad', 'two'].map(back).map(withPrefix)));
  await vi.waitFor(() => expect(guest.got).toEqual([back('one'), back('two')]));
  attached.dispose();
});
