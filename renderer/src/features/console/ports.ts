// Receives the MessagePorts that main hands over and gives each to whoever opened its channel.
// The port may arrive before or after the answer that names its channel.

const arrived = new Map<string, MessagePort>();
const wanted = new Map<string, (port: MessagePort) => void>();

const channelOf = (data: unknown): string | undefined =>
  typeof data === 'object' &&
  data !== null &&
  'polyvisorPort' in data &&
  typeof data.polyvisorPort === 'string'
    ? data.polyvisorPort
    : undefined;

/** Starts listening on the window; called once when the console's code is loaded. Returns its undo. */
export const listenForPorts = (target: Window): (() => void) => {
  const receive = (event: MessageEvent<unknown>): void => {
    const channel = channelOf(event.data);
    const port = event.ports[0];
    // Only our own preload script posts to this window from this origin.
    if (channel === undefined || !port || event.origin !== target.location.origin) return;
    if (event.source !== null && event.source !== target) return;
    const take = wanted.get(channel);
    wanted.delete(channel);
    if (take) take(port);
    else arrived.set(channel, port);
  };
  target.addEventListener('message', receive);
  return () => target.removeEventListener('message', receive);
};

/** The port of `channel`, now or when it arrives. */
export const takePort = (channel: string): Promise<MessagePort> => {
  const port = arrived.get(channel);
  if (port) {
    arrived.delete(channel);
    return Promise.resolve(port);
  }
  return new Promise((resolve) => wanted.set(channel, resolve));
};

/** Nobody wants this channel any more. */
export const dropPort = (channel: string): void => {
  wanted.delete(channel);
  arrived.get(channel)?.close();
  arrived.delete(channel);
};
