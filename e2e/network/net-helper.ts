// The privileged program of the product as tests meet it: its files, its requests, and what it says of its work.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HelperStatus } from '../../electron/privileged/broker.ts';
import type { PrivilegedRequest } from '../../electron/privileged/requests.ts';
import { projectRoot } from '../harness/guests.ts';
import type { CpioEntry } from '../harness/linux/cpio.ts';

export const helperFolder = join(projectRoot, 'build', 'linux', 'net-helper');
export const helperName = 'polyvisor-net-helper';
/** Where the package puts it. */
export const installedHelper = `/usr/lib/polyvisor/${helperName}`;

/** The program and its polkit action, as the package installs them. */
export const installedFiles = (): readonly CpioEntry[] =>
  readdirSync(helperFolder).flatMap((name): readonly CpioEntry[] => {
    const from = join(helperFolder, name);
    if (name.endsWith('.policy'))
      return [{ kind: 'file', path: `usr/share/polkit-1/actions/${name}`, from, mode: 0o644 }];
    if (name !== helperName && !name.endsWith('.py')) return [];
    const mode = name === helperName ? 0o755 : 0o644;
    return [{ kind: 'file', path: `usr/lib/polyvisor/${name}`, from, mode }];
  });

/** A shell word that survives every shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A shell line that sends `requests` to the program started by `argv`. */
export const sending = (argv: string, requests: readonly PrivilegedRequest[]): string =>
  `printf %s ${quoted(JSON.stringify(requests))} | ${argv}`;

export const nothing: HelperStatus = { bridges: [], taps: [], uplinks: [], awaiting: [] };

/** What the program answered: its last line. */
export const answered = (output: string): HelperStatus & { readonly error?: string } => {
  const line = output.trim().split('\n').at(-1) ?? '';
  return JSON.parse(line) as HelperStatus & { readonly error?: string };
};
