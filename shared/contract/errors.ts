// Every error that may reach a person: a code, its parameters, what was tried. Sentences are in i18n/en/errors.ts.
// Add a row here for a new code, and its three texts there (title, body, actions are chosen in the renderer).
import { z } from 'zod';

const none = z.object({});
const s = z.string();
const n = z.number();

/** Parameter schema per code. `noun/kebab-reason`. */
export const errorParams = {
  'internal/unexpected': z.object({ reference: s }),
  'ipc/rejected': z.object({ channel: s, reason: s }),
  'job/cancelled': none,
  'vm/not-found': z.object({ id: s }),
  'vm/busy': z.object({ name: s, job: s }),
  'vm/wrong-state': z.object({ name: s, state: s, action: s }),
  'vm/name-empty': none,
  'vm/name-too-long': z.object({ max: n }),
  'vm/name-control': none,
  'vm/name-path': z.object({ name: s }),
  'vm/name-duplicate': z.object({ name: s }),
  'vm/definition-damaged': z.object({ path: s, keptAs: s, reason: s }),
  'vm/vcpus-out-of-range': z.object({ vcpus: n, max: n }),
  'vm/memory-out-of-range': z.object({ memoryMiB: n, hostMiB: n }),
  'vm/start-failed': z.object({ name: s, reason: s }),
  'vm/crashed': z.object({ name: s, exit: s, log: s }),
  'vm/shutdown-timeout': z.object({ name: s, seconds: n }),
  'vm/save-failed': z.object({ name: s, reason: s }),
  'vm/restore-failed': z.object({ name: s, reason: s }),
  'vm/not-changeable-live': z.object({ name: s, setting: s }),
  'vm/feature-unavailable': z.object({ feature: s, reason: s }),
  'engine/none-usable': z.object({ name: s, reason: s }),
  /** `engineId`: the engine to name when starting with consent. */
  'engine/needs-consent': z.object({ name: s, engine: s, reason: s, engineId: s }),
  /** The engine itself failed; another one may well start the machine. */
  'engine/start-failed': z.object({ name: s, engine: s, reason: s, code: s }),
  /** Somebody else holds the processor's virtualization. */
  'engine/host-conflict': z.object({ name: s, engine: s, other: s }),
  /** Starting would freeze or crash the whole computer. */
  'engine/would-freeze': z.object({ name: s, reason: s }),
  'engine/mismatch': z.object({ name: s, decided: s, actual: s }),
  'vm/password-needed': z.object({ name: s }),
  'vm/password-wrong': z.object({ name: s }),
  'qemu/missing': z.object({ binary: s }),
  'qemu/too-old': z.object({ version: s, oldest: s }),
  'qemu/exited-at-start': z.object({ name: s, exit: s, stderr: s }),
  'qemu/qmp-timeout': z.object({ name: s, command: s, seconds: n }),
  'qemu/qmp-busy': z.object({ name: s }),
  'qemu/qmp-error': z.object({ command: s, message: s }),
  'qemu/qmp-closed': z.object({ name: s }),
  'virtualbox/missing': none,
  'virtualbox/too-old': z.object({ version: s, oldest: s }),
  'virtualbox/refused': z.object({ command: s, message: s, code: s }),
  'virtualbox/locked': z.object({ name: s }),
  'virtualbox/web-service': z.object({ reason: s }),
  /** VirtualBox lists the machine but cannot read it: file missing or broken, a medium gone. */
  'virtualbox/inaccessible': z.object({ name: s, reason: s }),
  /** Guru meditation. */
  'virtualbox/stuck': z.object({ name: s }),
  'virtualbox/settings-newer': z.object({ name: s, version: s, known: s }),
  /** The extra listener of its VNC server could not be prevented. */
  'virtualbox/vnc-exposed': z.object({ name: s, port: n }),
  'kvm/no-permission': z.object({ device: s }),
  'medium/missing': z.object({ path: s }),
  'medium/unreadable': z.object({ path: s, reason: s }),
  'medium/empty': z.object({ path: s }),
  'medium/not-an-image': z.object({ path: s, found: s }),
  'medium/not-a-file': z.object({ path: s }),
  'medium/in-use': z.object({ path: s, by: s }),
  'medium/exists': z.object({ path: s }),
  'medium/no-space': z.object({ path: s, neededBytes: n, freeBytes: n }),
  'medium/cannot-grow': z.object({ path: s, format: s }),
  'medium/cannot-shrink': z.object({ path: s }),
  'medium/bad-size': z.object({ bytes: n, minBytes: n, maxBytes: n }),
  'medium/tool-failed': z.object({ path: s, reason: s }),
  'network/port-taken': z.object({ protocol: s, port: n, by: s }),
  'network/port-privileged': z.object({ port: n, lowest: n }),
  'network/forward-exists': z.object({ port: n }),
  'network/bad-forward': z.object({ reason: s }),
  'network/not-found': z.object({ id: s }),
  'network/name-taken': z.object({ name: s }),
  'network/in-use': z.object({ name: s, machines: s }),
  /** `other`: what it overlaps with, for people: a network's name, a route of this computer, Docker's network. */
  'network/subnet-overlaps': z.object({ subnet: s, other: s }),
  'network/bad-subnet': z.object({ subnet: s, reason: s }),
  'network/bad-range': z.object({ first: s, last: s, subnet: s }),
  /** Only NAT networks have a server that gives addresses and names out. */
  'network/no-dhcp': z.object({ name: s }),
  'network/bad-gateway': z.object({ gateway: s, subnet: s }),
  'network/bad-reservation': z.object({ mac: s, address: s, reason: s }),
  'network/duplicate-mac': z.object({ mac: s, other: s }),
  'network/bad-vlan': z.object({ tag: s }),
  'network/empty-trunk': none,
  'network/bad-name': z.object({ name: s, reason: s }),
  'network/uplink-gone': z.object({ uplink: s }),
  'network/uplink-refused': z.object({ uplink: s, reason: s }),
  'network/bridge-clash': z.object({ bridge: s }),
  'network/refused': z.object({ name: s, reason: s }),
  /** `program` is missing, or a facility of the host; `need`: what for. */
  'network/service-missing': z.object({ program: s, need: s }),
  'network/service-failed': z.object({ name: s, reason: s }),
  'network/namespace-denied': z.object({ reason: s }),
  'network/fabric-lost': z.object({ reason: s }),
  'network/native-failed': z.object({ name: s, reason: s }),
  'network/capture-failed': z.object({ path: s, reason: s }),
  'network/set-up-needed': z.object({ name: s }),
  'privileged/not-installed': none,
  'privileged/cancelled': none,
  'privileged/refused': z.object({ reason: s }),
  'privileged/failed': z.object({ verb: s, reason: s }),
  'persist/read-only': z.object({ path: s }),
  'persist/disk-full': z.object({ path: s }),
  'persist/corrupt': z.object({ path: s, keptAs: s }),
  'persist/newer-version': z.object({ path: s, version: n, known: n }),
  'persist/failed': z.object({ path: s, reason: s }),
  'process/failed': z.object({ command: s, exit: s, stderr: s }),
  'process/timeout': z.object({ command: s, seconds: n }),
  'process/not-found': z.object({ command: s }),
  'console/unavailable': z.object({ name: s, reason: s }),
  'app/already-running': none,
} as const;

export type AppErrorCode = keyof typeof errorParams;
export type ErrorParams<C extends AppErrorCode> = z.infer<(typeof errorParams)[C]>;

export const appErrorSchema = z
  .object({
    code: z.string().transform((code) => code as AppErrorCode),
    params: z.record(z.string(), z.union([z.string(), z.number()])),
    /** What was attempted, outermost first; technical words, shown under "Details". */
    tried: z.array(z.string()).readonly(),
    /** The external command behind it, if one was. stderrTail: last 4 KiB. */
    command: z
      .object({
        argv: z.array(z.string()).readonly(),
        exit: z.string(),
        stderrTail: z.string(),
      })
      .optional(),
    /** Message of the underlying error. */
    cause: z.string().optional(),
  })
  .readonly();
export type AppError = z.infer<typeof appErrorSchema>;

export interface FailureDetails {
  readonly tried?: readonly string[];
  readonly command?: AppError['command'];
  readonly cause?: unknown;
}

/** The one error class thrown inside main. Crosses IPC as AppError data, never as a thrown Error. */
export class AppFailure extends Error {
  readonly error: AppError;
  constructor(error: AppError, cause?: unknown) {
    super(`${error.code} ${JSON.stringify(error.params)}`, { cause });
    this.name = 'AppFailure';
    this.error = error;
  }
}

const causeText = (cause: unknown): string | undefined => {
  if (cause === undefined) return undefined;
  if (cause instanceof Error) return cause.message;
  return typeof cause === 'string' ? cause : JSON.stringify(cause);
};

/** Builds a typed failure; parameters are checked by type against `errorParams`. */
export const failure = <C extends AppErrorCode>(
  code: C,
  params: ErrorParams<C>,
  details: FailureDetails = {},
): AppFailure => {
  const cause = causeText(details.cause);
  return new AppFailure(
    {
      code,
      params: params,
      tried: details.tried ?? [],
      ...(details.command ? { command: details.command } : {}),
      ...(cause === undefined ? {} : { cause }),
    },
    details.cause,
  );
};

export const isFailure = (error: unknown, code?: AppErrorCode): error is AppFailure =>
  error instanceof AppFailure && (code === undefined || error.error.code === code);
