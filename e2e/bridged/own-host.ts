// The host these tests run on, as they see it: what the person answers when asked for an authorisation, what was asked
// for, which interfaces there are for real, and who got an address from the router behind the card.
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PrivilegedRequest } from '../../electron/privileged/requests.ts';

const folder = process.env['POLYVISOR_HOST'];
if (folder === undefined) throw new Error('run me by e2e/bridged/in-namespace.mjs');
const run = promisify(execFile);
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');

/** The network card, and the address it has; the router behind it. */
export const card = { name: 'up0', address: '192.168.83.9', router: '192.168.83.1' } as const;

/** What the person does when asked: types the password, closes the dialog, or is not allowed to. */
export const personWill = (answer: 'grant' | 'dismiss' | 'refuse'): void =>
  writeFileSync(join(folder, 'answer'), answer);

/** What a test itself changes on its host, by the same way. */
export const asRoot = (requests: readonly PrivilegedRequest[]): void => {
  personWill('grant');
  const argv = ['--disable-internal-agent', '/usr/lib/polyvisor/polyvisor-net-helper'];
  execFileSync('/usr/bin/pkexec', argv, { input: JSON.stringify(requests) });
};

/** Every question so far, oldest first. */
export const asked = (): readonly (readonly PrivilegedRequest[])[] =>
  textOf('asked')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { requests: readonly PrivilegedRequest[] }).requests);

export const verbs = (requests: readonly PrivilegedRequest[] | undefined): readonly string[] =>
  (requests ?? []).map(({ verb }) => verb);

interface Link {
  readonly ifname: string;
  readonly master?: string;
  readonly addr_info: readonly { readonly local: string }[];
}

export const ip = async (...args: readonly string[]): Promise<string> =>
  (await run('ip', [...args])).stdout;

/** Every interface but the loopback with its bridge and addresses, as the kernel says: `up0 in pvb-x 10.0.0.1`. */
export const interfaces = async (): Promise<readonly string[]> => {
  const links = JSON.parse(await ip('-json', '-4', 'address', 'show')) as readonly Link[];
  const all = JSON.parse(await ip('-json', 'link', 'show')) as readonly Link[];
  return all
    .filter(({ ifname }) => ifname !== 'lo')
    .map(({ ifname, master }) => {
      const addresses = links.find((link) => link.ifname === ifname)?.addr_info ?? [];
      return [ifname, ...(master ? ['in', master] : []), ...addresses.map(({ local }) => local)];
    })
    .map((words) => words.join(' '))
    .sort();
};

/** The default route as `IFNAME via ROUTER`. */
export const wayOut = async (): Promise<string> => {
  const [route] = JSON.parse(await ip('-json', 'route', 'show', 'default')) as readonly {
    dev: string;
    gateway: string;
  }[];
  return `${route?.dev ?? ''} via ${route?.gateway ?? ''}`;
};

export const untouched = [`${card.name} ${card.address}`];

/** MAC address and address of everybody the router gave one. */
export const leases = (): string => textOf('leases');
