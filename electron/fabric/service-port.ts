// The port of a network's service end: a stream endpoint without VLAN, where frames may be looked at and kept back.
import { createStreamEndpoint } from './endpoint/stream.ts';
import type { ServicePort } from './protocol.ts';
import type { Output } from './switch/shaper.ts';
import type { Switch, SwitchPort } from './switch/switch.ts';

export const servicePort = (home: Switch): ServicePort => ({
  attach: (path, sieve) => {
    const endpoint = createStreamEndpoint(path, () => entrance);
    const { send, flush } = endpoint.output;
    const output: Output = sieve
      ? {
          send: (bytes, start, end) =>
            sieve.mayGoOut(bytes.subarray(start, end)) && send(bytes, start, end),
          flush,
        }
      : endpoint.output;
    const port = home.addPort({ isCableConnected: true, output });
    const entrance: SwitchPort = sieve
      ? {
          ...port,
          receive: (bytes, start, end) => {
            if (sieve.mayComeIn(bytes.subarray(start, end))) port.receive(bytes, start, end);
            else port.drop();
          },
        }
      : port;
    return {
      isConnected: endpoint.isConnected,
      dispose: () => {
        endpoint.dispose();
        port.dispose();
      },
    };
  },
});
