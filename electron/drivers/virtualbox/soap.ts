// SOAP as VirtualBox's web service speaks it: requests by template, answers by their element names. The service's
// answers are flat lists of <returnval> (and named out-parameters), so no XML library is needed.
import { Agent, request } from 'node:http';
import { failure } from '../../../shared/contract/errors.ts';

export type SoapValue = string | number | boolean | readonly string[];
export type SoapParams = Readonly<Record<string, SoapValue>>;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
const names: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

export const escapeXml = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => entities[char] ?? char);

export const unescapeXml = (text: string): string =>
  text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex, decimal, name) => {
    if (typeof hex === 'string') return String.fromCodePoint(Number.parseInt(hex, 16));
    if (typeof decimal === 'string') return String.fromCodePoint(Number(decimal));
    return names[String(name)] ?? whole;
  });

const element = (name: string, value: SoapValue): string => {
  const values = typeof value === 'object' ? value : [String(value)];
  return values.map((one) => `<${name}>${escapeXml(one)}</${name}>`).join('');
};

/** `method` as in the interface description: `IMachine_getState`. */
export const envelope = (method: string, params: SoapParams): string => {
  const body = Object.entries(params)
    .map(([name, value]) => element(name, value))
    .join('');
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:vbox="http://www.virtualbox.org/">' +
    `<soap:Body><vbox:${method}>${body}</vbox:${method}></soap:Body></soap:Envelope>`
  );
};

/** Every value of one name, in order. */
export const valuesOf = (answer: string, name = 'returnval'): readonly string[] =>
  [...answer.matchAll(new RegExp(`<${name}>([^<]*)</${name}>|<${name}/>`, 'g'))].map((row) =>
    unescapeXml(row[1] ?? ''),
  );

export const valueOf = (answer: string, name = 'returnval'): string | undefined =>
  valuesOf(answer, name)[0];

/** The fields of every value that is a structure, such as a medium attachment. */
export const structsOf = (answer: string): readonly Readonly<Record<string, string>>[] =>
  [...answer.matchAll(/<returnval>([\s\S]*?)<\/returnval>/g)].map(([, body = '']) =>
    Object.fromEntries(
      [...body.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, name = '', value = '']) => [
        name,
        unescapeXml(value),
      ]),
    ),
  );

/** `dead`: the object or the whole session is gone, so everything must be asked anew. */
export interface SoapFault {
  readonly kind: 'refused' | 'dead';
  readonly message: string;
}

export const readFault = (answer: string): SoapFault | undefined => {
  if (!/<(?:\w|-)+:Fault>/.test(answer)) return undefined;
  const message = valueOf(answer, 'faultstring') ?? 'it gave no reason';
  // 0x80010108 and its like: VBoxSVC, which owns every object, ended.
  const isDead = /InvalidObjectFault|NS_ERROR_(?:ABORT|CALL_FAILED)|0x8001010[78]|0x80004004/.test(
    answer,
  );
  return { kind: isDead ? 'dead' : 'refused', message };
};

export interface SoapOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** It may wait long for its answer, so it has a connection to itself. */
  readonly isLong?: boolean;
}
export type SoapCall = (
  method: string,
  params: SoapParams,
  options?: SoapOptions,
) => Promise<string>;

const usualLimitMs = 15_000;
const maxAnswer = 64 * 1024 * 1024;

/** The service drops idle connections after 60 s; ours are let go first. */
const keptMs = 20_000;

/** One kept connection. */
interface Channel {
  readonly agent: Agent;
  pending: number;
  isOpen: boolean;
}
const createChannel = (): Channel => ({
  agent: new Agent({ keepAlive: true, timeout: keptMs, maxSockets: 1 }),
  pending: 0,
  isOpen: false,
});

const watched = new WeakSet<object>();

const send = (
  channel: Channel,
  port: number,
  body: string,
  options: SoapOptions,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const { timeoutMs = usualLimitMs, signal } = options;
    const headers = {
      'content-type': 'text/xml; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    };
    const where = { host: '127.0.0.1', port, method: 'POST', path: '/', headers };
    const agent = channel.agent;
    const asked = request({ ...where, agent, ...(signal ? { signal } : {}) }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > maxAnswer) asked.destroy(new Error('the answer is too long'));
      });
      response.on('end', () => {
        channel.isOpen = true;
        resolve(text);
      });
      response.on('error', reject);
    });
    asked.once('socket', (socket) => {
      if (watched.has(socket)) return;
      watched.add(socket);
      socket.once('close', () => (channel.isOpen = false));
    });
    asked.setTimeout(timeoutMs, () => {
      asked.destroy(new Error(`no answer for ${timeoutMs / 1000} s`));
    });
    asked.on('error', (error: NodeJS.ErrnoException) => {
      // Closed by the service before it read anything: a kept connection that was just let go.
      if (asked.reusedSocket && error.code === 'ECONNRESET') {
        channel.isOpen = false;
        send(channel, port, body, options).then(resolve, reject);
      } else reject(error);
    });
    asked.end(body);
  });

/** More would not be faster: VirtualBox's server works through them one by one. */
const channelCount = 4;

/**
 * A few kept connections. A new one is only opened when the one before has had its first answer: the service gives
 * two that come at once to the same idle thread, and the second then waits until the first is let go (seen: 15 s).
 */
const createPost = (port: number): ((body: string, options: SoapOptions) => Promise<string>) => {
  const channels = Array.from({ length: channelCount }, createChannel);
  const long = createChannel();
  let opening: Promise<unknown> = Promise.resolve();
  let openings = 0;

  const pick = (): Channel => {
    const open = channels.filter((row) => row.isOpen);
    const idle = open.find((row) => row.pending === 0);
    if (idle) return idle;
    const closed = channels.find((row) => !row.isOpen && row.pending === 0);
    if (closed && openings === 0) return closed;
    const [first, ...others] = open.length > 0 ? open : channels;
    return others.reduce((least, row) => (row.pending < least.pending ? row : least), first!);
  };
  const through = async (channel: Channel, body: string, options: SoapOptions): Promise<string> => {
    channel.pending += 1;
    try {
      if (channel.isOpen) return await send(channel, port, body, options);
      openings += 1;
      const mine = opening.then(() => send(channel, port, body, options));
      opening = mine.catch(() => undefined);
      return await mine.finally(() => (openings -= 1));
    } finally {
      channel.pending -= 1;
    }
  };
  return (body, options) => through(options.isLong ? long : pick(), body, options);
};

/**
 * Calls on a service at a port of 127.0.0.1. Refusals of VirtualBox reject with `virtualbox/refused`; a service that
 * does not answer, or lost its objects, with `virtualbox/web-service`.
 */
export const createSoap = (port: number): SoapCall => {
  const post = createPost(port);
  return async (method, params, options = {}) => {
    const answer = await post(envelope(method, params), options).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw failure('virtualbox/web-service', { reason }, { cause: error, tried: [method] });
    });
    const fault = readFault(answer);
    if (!fault) return answer;
    const { message } = fault;
    if (fault.kind === 'dead')
      throw failure('virtualbox/web-service', { reason: message }, { tried: [method] });
    const code = /\((0x[0-9a-f]{8})\)/.exec(message)?.[1] ?? 'no code';
    throw failure('virtualbox/refused', { command: method, message, code });
  };
};
