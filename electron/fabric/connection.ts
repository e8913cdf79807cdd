// One connection of a manager to the fabric: calls with their answers, events, and its end.
import { connect } from 'node:net';
import { AppFailure, failure } from '../../shared/contract/errors.ts';
import { readMessages, sendMessage } from './lines.ts';
import {
  answerSchema,
  fabricCalls,
  fabricEventSchema,
  type CallArgs,
  type CallResult,
  type FabricCall,
  type FabricEvent,
} from './protocol.ts';

export interface Connection {
  readonly call: <C extends FabricCall>(name: C, args: CallArgs<C>) => Promise<CallResult<C>>;
  readonly isOpen: () => boolean;
  readonly close: () => void;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export const lost = (reason: string): AppFailure => failure('network/fabric-lost', { reason });

/** Rejects with the socket's error (ENOENT, ECONNREFUSED: nobody there). */
export const openConnection = (
  path: string,
  onEvent: (event: FabricEvent) => void,
  onClose: () => void,
): Promise<Connection> =>
  new Promise((resolve, reject) => {
    const socket = connect(path);
    const waiting = new Map<number, Waiting>();
    let nextId = 1;
    let isOpen = false;
    const take = (message: unknown): void => {
      const event = fabricEventSchema.safeParse(message);
      if (event.success) {
        onEvent(event.data);
        return;
      }
      const answer = answerSchema.safeParse(message);
      if (!answer.success) return;
      const asked = waiting.get(answer.data.id);
      waiting.delete(answer.data.id);
      if ('error' in answer.data) asked?.reject(new AppFailure(answer.data.error));
      else asked?.resolve(answer.data.result);
    };
    readMessages(socket, take);
    socket.on('error', (error) => {
      if (!isOpen) reject(error);
    });
    socket.on('close', () => {
      const wasOpen = isOpen;
      isOpen = false;
      for (const { reject: give } of waiting.values()) give(lost('The connection was lost.'));
      waiting.clear();
      if (wasOpen) onClose();
    });
    socket.on('connect', () => {
      isOpen = true;
      resolve({
        isOpen: () => isOpen,
        close: () => socket.destroy(),
        call: async (name, args) => {
          if (!isOpen) throw lost('The connection was lost.');
          const id = nextId++;
          const result = await new Promise<unknown>((give, fail) => {
            waiting.set(id, { resolve: give, reject: fail });
            sendMessage(socket, { id, call: name, args });
          });
          return fabricCalls[name].result.parse(result) as CallResult<typeof name>;
        },
      });
    });
  });
