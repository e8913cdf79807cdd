// Port forwards of NAT networks, live; and looks at ports of this computer: who has one, whether somebody answers.
import { connect } from 'node:net';
import { failure, isFailure } from '../../shared/contract/errors.ts';
import type { Network } from '../../shared/model/networks.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import type { FabricOwner } from '../fabric/client.ts';
import type { Listener } from '../process/host-ports.ts';
import type { Book } from './book.ts';
import type { NetworkCommands } from './commands.ts';
import { fabricForward } from './fabric-spec.ts';
import type { NetworkRuntime } from './runtime.ts';
import type { NetworkFacts } from './validate.ts';
import { forwardProblem, listenerOwner, listenerProblem } from './validate-forwards.ts';

type Forwarding = Pick<
  NetworkCommands,
  'addForward' | 'removeForward' | 'testForward' | 'portHolder'
>;

const connectMs = 3000;
/** Who speaks first (SSH, mail) does it at once; who closes, too. */
const silentMs = 1500;

type Outcome = 'answers' | 'openButSilent' | 'closed';

/** A NAT accepts for its guest before the guest did: a connection that is closed at once was refused behind it. */
export const tryForward = (host: string, port: number): Promise<Outcome> =>
  new Promise((resolve) => {
    const socket = connect({ host: host === '' || host === '0.0.0.0' ? '127.0.0.1' : host, port });
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    let timer = setTimeout(() => settle('closed'), connectMs);
    socket.on('connect', () => {
      clearTimeout(timer);
      timer = setTimeout(() => settle('openButSilent'), silentMs);
    });
    socket.on('data', () => settle('answers'));
    socket.on('error', () => settle('closed'));
    socket.on('close', () => settle('closed'));
  });

const freePort = (listener: Listener, facts: NetworkFacts): number | undefined => {
  const from = Math.max(listener.hostPort + 1, facts.lowestPort, 1024);
  for (let port = from; port < Math.min(from + 200, 65_536); port += 1) {
    if (listenerProblem({ ...listener, hostPort: port }, facts) === undefined) return port;
  }
  return undefined;
};

export const createForwarding = (deps: {
  readonly book: Book;
  readonly runtime: NetworkRuntime;
  readonly fabric: FabricOwner;
  readonly facts: () => NetworkFacts;
  readonly machines: () => readonly VmDefinition[];
}): Forwarding => {
  const { book, runtime, fabric } = deps;

  const changeLive = async (network: Network, work: () => Promise<unknown>): Promise<void> => {
    if (runtime.isUp(network.id)) await work();
  };

  return {
    addForward: async ({ id, forward }) => {
      const network = book.get(id);
      const next = { ...network, forwards: [...network.forwards, forward] };
      const found = forwardProblem(next, id, network, deps.facts());
      if (found) throw found.error;
      const live = fabricForward(forward, deps.machines());
      await changeLive(network, async () => {
        if (live) await fabric.call('addForward', { network: id, forward: live });
      });
      try {
        await book.put(next);
      } catch (error) {
        await changeLive(network, () =>
          fabric.call('removeForward', { network: id, id: forward.id }),
        );
        throw error;
      }
    },
    removeForward: async ({ id, forward }) => {
      const network = book.get(id);
      if (!network.forwards.some((each) => each.id === forward)) return;
      await changeLive(network, async () => {
        try {
          await fabric.call('removeForward', { network: id, id: forward });
        } catch (error) {
          if (!isFailure(error, 'network/not-found')) throw error;
        }
      });
      const forwards = network.forwards.filter((each) => each.id !== forward);
      await book.put({ ...network, forwards });
    },
    testForward: async ({ hostAddress, hostPort }) => {
      if (hostPort < 1) throw failure('network/bad-forward', { reason: '' });
      return { outcome: await tryForward(hostAddress, hostPort) };
    },
    portHolder: ({ isOurs = false, ...listener }) => {
      const facts = deps.facts();
      const owner = isOurs ? undefined : listenerOwner(listener, facts);
      const by = owner ?? facts.holderOf(listener);
      if (by === undefined && listener.hostPort >= facts.lowestPort) return {};
      const free = freePort(listener, facts);
      return {
        ...(by === undefined ? {} : { by }),
        ...(free === undefined ? {} : { free }),
      };
    },
  };
};
