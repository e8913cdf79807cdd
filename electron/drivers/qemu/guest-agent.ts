// Asks QEMU's guest agent for the guest's addresses. The channel takes one talk at a time; a guest without an agent says
// nothing, so every answer has a short limit. Protocol: QEMU docs/interop/qemu-ga and qga/qapi-schema.json.
import { connect, type Socket } from 'node:net';
import { z } from 'zod';
import type { Nic } from '../../../shared/model/network.ts';
import type { GuestAddress } from '../../../shared/model/networks.ts';

const answerLimitMs = 1500;
/** The agent puts it before the answer to guest-sync-delimited: what came before is an older talk's. */
const sentinel = 0xff;

const interfacesSchema = z.array(
  z.object({
    name: z.string(),
    'hardware-address': z.string().optional(),
    'ip-addresses': z
      .array(z.object({ 'ip-address': z.string(), 'ip-address-type': z.string() }))
      .optional(),
  }),
);

/** Loopback and link-local addresses reach nobody else. */
const isOfUse = (address: string): boolean =>
  !address.startsWith('127.') && address !== '::1' && !/^fe[89ab]/i.test(address);

/** `value`: what guest-network-get-interfaces returned. */
export const parseInterfaces = (value: unknown, nics: readonly Nic[]): readonly GuestAddress[] => {
  const parsed = interfacesSchema.safeParse(value);
  if (!parsed.success) return [];
  return parsed.data.flatMap((row) => {
    const mac = row['hardware-address']?.toLowerCase();
    const nic = nics.find((one) => one.mac === mac)?.id;
    return (row['ip-addresses'] ?? [])
      .map((entry) => entry['ip-address'])
      .filter(isOfUse)
      .map((address) => ({ ...(nic === undefined ? {} : { nic }), address, source: 'guestAgent' }));
  });
};

const send = (socket: Socket, execute: string, args?: object): void => {
  const message = { execute, ...(args ? { arguments: args } : {}) };
  socket.write(`${JSON.stringify(message)}\n`);
};

const talk = (path: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const socket = connect(path);
    const timer = setTimeout(() => socket.destroy(new Error('no answer')), answerLimitMs);
    const id = Math.floor(Math.random() * 2 ** 31);
    let isInStep = false;
    let rest = Buffer.alloc(0);
    const onLine = (line: string): void => {
      if (line.trim() === '') return;
      const message = JSON.parse(line) as { return?: unknown; error?: { desc?: string } };
      if (!isInStep) {
        if (message.return !== id) return;
        isInStep = true;
        send(socket, 'guest-network-get-interfaces');
        return;
      }
      resolve(message.return);
      socket.destroy();
    };
    socket.on('connect', () => {
      socket.write(Buffer.from([sentinel]));
      send(socket, 'guest-sync-delimited', { id });
    });
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      const start = isInStep ? -1 : rest.lastIndexOf(sentinel);
      if (start >= 0) rest = rest.subarray(start + 1);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        const line = rest.subarray(0, end).toString('utf8');
        rest = rest.subarray(end + 1);
        try {
          onLine(line);
        } catch (error) {
          socket.destroy(error instanceof Error ? error : undefined);
        }
      }
    });
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      reject(new Error('the channel was closed'));
    });
  });

const talks = new Map<string, Promise<unknown>>();

/** Empty when nobody answers. Never rejects. Who asks during a talk gets its answer. */
export const askAddresses = async (
  path: string,
  nics: readonly Nic[],
): Promise<readonly GuestAddress[]> => {
  const running = talks.get(path) ?? talk(path).finally(() => talks.delete(path));
  talks.set(path, running);
  return parseInterfaces(await running.catch(() => undefined), nics);
};
