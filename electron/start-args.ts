// What the command line asks for. Pure: main.ts hands in the arguments and acts on the answer.
// Unknown switches are left to Chromium.
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export type StartRequest =
  | { readonly kind: 'desktop'; readonly files: readonly string[] }
  /** Boot the demo guest without a click, print what was proved, write a picture, exit. */
  | { readonly kind: 'demo'; readonly screenshot: string }
  /** Headless: one named long-lived task in plain Node, without a window. */
  | { readonly kind: 'role'; readonly role: string; readonly args: readonly string[] }
  | { readonly kind: 'version' }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly reason: string };

export interface ArgsContext {
  readonly cwd: string;
  /** The application's folder: an unpackaged runtime gets it as its first argument. */
  readonly appPath: string;
}

export const helpText = `Usage: polyvisor [FILE ...]
  FILE                      an ISO or disk image: opens the New machine page with it
  --demo                    boot the demo machine, prove the engine, take a picture, exit
  --screenshot=FILE         where --demo writes its picture (default: polyvisor-demo.png)
  --role=NAME [OPTION ...]  run one task without a window; roles: echo, fabric
  --version, --help
`;

const valueOf = (arg: string): string => arg.slice(arg.indexOf('=') + 1);

const toPath = (arg: string, cwd: string): string => {
  if (arg.startsWith('file://')) {
    try {
      return fileURLToPath(arg);
    } catch {
      return arg;
    }
  }
  return isAbsolute(arg) ? arg : resolve(cwd, arg);
};

/** Reads `process.argv` without its first entry. */
export const parseStartArgs = (argv: readonly string[], context: ArgsContext): StartRequest => {
  const files: string[] = [];
  const rest: string[] = [];
  let role: string | undefined;
  let isDemo = false;
  let screenshot: string | undefined;
  let hasSeenApp = false;
  for (let i = 0; i < argv.length; i += 1) {
    const arg = argv[i] ?? '';
    if (arg === '-r' || arg === '--require') i += 1;
    else if (arg === '--version' || arg === '-v') return { kind: 'version' };
    else if (arg === '--help' || arg === '-h') return { kind: 'help' };
    else if (arg === '--demo') isDemo = true;
    else if (arg.startsWith('--screenshot=')) screenshot = valueOf(arg);
    else if (arg.startsWith('--role=')) role = valueOf(arg);
    else if (arg === '--role' || arg === '--screenshot') {
      return { kind: 'wrong', reason: `${arg} needs a value: ${arg}=…` };
    } else if (arg.startsWith('-')) rest.push(arg);
    else if (!hasSeenApp && resolve(context.cwd, arg) === context.appPath) hasSeenApp = true;
    else if (arg !== '') {
      files.push(toPath(arg, context.cwd));
      rest.push(arg);
    }
  }
  if (role !== undefined) {
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(role)) {
      return { kind: 'wrong', reason: `“${role}” is not the name of a role` };
    }
    return { kind: 'role', role, args: rest };
  }
  if (isDemo) {
    if (screenshot === '') return { kind: 'wrong', reason: '--screenshot= needs a file name' };
    return { kind: 'demo', screenshot: toPath(screenshot ?? 'polyvisor-demo.png', context.cwd) };
  }
  return { kind: 'desktop', files };
};
