// The typed client: one function per call of the contract, built from the contract object itself.
// Results and topic payloads are checked here; failures become AppFailure.
import { contract, type AppContract } from '../../../shared/contract/contract.ts';
import type {
  Bridge,
  Call,
  Client,
  Contract,
  TopicPayloads,
} from '../../../shared/contract/define.ts';
import { AppFailure, failure } from '../../../shared/contract/errors.ts';

export type AppClient = Client<AppContract>;
type Topics = TopicPayloads<AppContract>;

const rejected = (channel: string, reason: string, cause?: unknown): AppFailure =>
  failure('ipc/rejected', { channel, reason }, { cause });

const callOver =
  (bridge: Bridge, channel: string, call: Call) =>
  async (args: unknown): Promise<unknown> => {
    const result = await bridge.invoke(channel, args);
    if (!result.ok) throw new AppFailure(result.error);
    const parsed = call.result.safeParse(result.value);
    if (!parsed.success) throw rejected(channel, 'the result has another shape', parsed.error);
    return parsed.data;
  };

/** Builds every call of the contract over the bridge. */
export const createClient = (bridge: Bridge): AppClient => {
  const groups = Object.entries<Contract[string]>(contract).map(([group, members]) => {
    const calls = Object.entries(members).flatMap(([name, member]) =>
      member.kind === 'call' ? [[name, callOver(bridge, `${group}.${name}`, member)] as const] : [],
    );
    return [group, Object.fromEntries(calls)] as const;
  });
  return Object.fromEntries(groups) as AppClient;
};

export type Subscribe = <G extends keyof Topics, N extends keyof Topics[G] & string>(
  group: G,
  name: N,
  listener: (payload: Topics[G][N]) => void,
  onInvalid?: () => void,
) => () => void;

/** Topic subscriptions with checked payloads; a payload of another shape calls `onInvalid`. */
export const createSubscribe =
  (bridge: Bridge): Subscribe =>
  (group, name, listener, onInvalid) => {
    const members: Contract[string] = contract[group];
    const topic = members[name];
    if (topic?.kind !== 'topic') throw rejected(`${group}.${name}`, 'there is no such topic');
    return bridge.subscribe(`${group}.${name}`, (payload) => {
      const parsed = topic.payload.safeParse(payload);
      if (parsed.success) listener(parsed.data as Parameters<typeof listener>[0]);
      else onInvalid?.();
    });
  };
