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

const post = (agent: Agent, port: number, body: string, options: SoapOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    const { timeoutMs = usualLimitMs, signal } = options;
    const headers = {
      'content-type': 'text/xml; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    };
    const where = { host: '127.0.0.1', port, method: 'POST', path: '/', headers, agent };
    const asked = request({ ...where, ...(signal ? { signal } : {}) }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > maxAnswer) asked.destroy(new Error('the answer is too long'));
      });
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    asked.setTimeout(timeoutMs, () => {
      asked.destroy(new Error(`no answer for ${timeoutMs / 1000} s`));
    });
    asked.on('error', (error: NodeJS.ErrnoException) => {
      // Closed by the service before it read anything: a kept connection that was just let go.
      if (asked.reusedSocket && error.code === 'ECONNRESET') {
        post(agent, port, body, options).then(resolve, reject);
      } else reject(error);
    });
    asked.end(body);
  });

/**
 * Calls on a service at a port of 127.0.0.1. Refusals of VirtualBox reject with `virtualbox/refused`; a service that
 * does not answer, or lost its objects, with `virtualbox/web-service`.
 */
export const createSoap = (port: number): SoapCall => {
  const agent = new Agent({ keepAlive: true, timeout: keptMs });
  return async (method, params, options = {}) => {
    const answer = await post(agent, port, envelope(method, params), options).catch(
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        throw failure('virtualbox/web-service', { reason }, { cause: error, tried: [method] });
      },
    );
    const fault = readFault(answer);
    if (!fault) return answer;
    const { message } = fault;
    if (fault.kind === 'dead')
      throw failure('virtualbox/web-service', { reason: message }, { tried: [method] });
    const code = /\((0x[0-9a-f]{8})\)/.exec(message)?.[1] ?? 'no code';
    throw failure('virtualbox/refused', { command: method, message, code });
  };
};
