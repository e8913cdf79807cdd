// THE table of everything that crosses between window and main. A new call: a line here, one in
// electron/ipc/handlers.ts, and its command.
import { z } from 'zod';
import {
  bytesSchema,
  driverIdSchema,
  engineIdSchema,
  jobIdSchema,
  vmIdSchema,
} from '../model/brand.ts';
import { compatRowSchema, switchPreviewSchema } from '../model/compat-table.ts';
import { decisionSchema } from '../model/compat.ts';
import { backendSchema } from '../model/driver.ts';
import { mediumInfoSchema, diskFormatSchema } from '../model/medium.ts';
import { portForwardSchema } from '../model/network.ts';
import { quitPolicySchema, settingsSchema } from '../model/settings.ts';
import { snapshotSchema } from '../model/snapshot.ts';
import { diskBusSchema, vmConfigSchema } from '../model/vm-config.ts';
import { patchMessageSchema } from '../state/patch.ts';
import { call, topic, type Contract } from './define.ts';
import { appErrorSchema } from './errors.ts';
import { networkCalls } from './network-calls.ts';

const nothing = z.void();
const noArgs = z.object({}).strict();
const vmArgs = z.object({ id: vmIdSchema }).strict();
const job = z.object({ job: jobIdSchema });
const path = z.string().min(1).max(4096);

/** Where a new VM's first disk comes from. */
export const newDiskSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('create'), capacity: bytesSchema }),
  /** Use an existing image where it is; it is not copied and not deleted with the VM. */
  z.object({ kind: z.literal('use'), path, format: diskFormatSchema }),
]);

export const newVmSchema = z
  .object({
    name: z.string().max(1000),
    family: z.string(),
    vcpus: z.number().int(),
    memoryMiB: z.number().int(),
    firmware: z.enum(['bios', 'uefi']),
    disk: newDiskSchema,
    cdPath: path.optional(),
    floppyPath: path.optional(),
    pin: engineIdSchema.optional(),
    /** Absent: the one new machines get. */
    driver: driverIdSchema.optional(),
    startNow: z.boolean(),
  })
  .strict();
export type NewVm = z.infer<typeof newVmSchema>;

export const editVmSchema = z
  .object({
    id: vmIdSchema,
    name: z.string().max(1000).optional(),
    notes: z.string().max(10_000).optional(),
    /** Row of the guest family table. */
    family: z.string().max(64).optional(),
    config: vmConfigSchema.optional(),
    quitPolicy: quitPolicySchema.nullable().optional(),
    /** `null` removes the pin. */
    pin: engineIdSchema.nullable().optional(),
  })
  .strict();

const ownCalls = {
  app: {
    info: call(
      noArgs,
      z.object({
        version: z.string(),
        electron: z.string(),
        /** True when the third-party fallback runtime of restricted networks runs. */
        isFallbackRuntime: z.boolean(),
        hasTrayHost: z.boolean(),
        platform: z.string(),
      }),
    ),
    /** Answer of the quit dialog (topic `app.quitAsked`). */
    answerQuit: call(
      z.object({
        answer: z.enum(['keepRunning', 'saveState', 'shutdown', 'cancel']),
        remember: z.boolean(),
      }),
      nothing,
    ),
    quitAsked: topic(z.object({ running: z.array(vmIdSchema) })),
    /** Main asks the window to go somewhere (tray, notification, second start, file opened). */
    navigate: topic(
      z.discriminatedUnion('to', [
        z.object({ to: z.literal('vm'), id: vmIdSchema, tab: z.enum(['overview', 'console']) }),
        z.object({ to: z.literal('newVm'), path: path.optional() }),
        z.object({ to: z.literal('host') }),
        z.object({ to: z.literal('compatibility') }),
        z.object({ to: z.literal('networks') }),
        z.object({ to: z.literal('why'), id: vmIdSchema }),
        /** Something asked outside the window failed there: a question, or the cause with its remedies. */
        z.object({ to: z.literal('failure'), id: vmIdSchema, error: appErrorSchema }),
      ]),
    ),
    openExternal: call(z.object({ url: z.url({ protocol: /^https$/ }) }), nothing),
    copyText: call(z.object({ text: z.string().max(1_000_000) }), nothing),
    dismissNotice: call(z.object({ id: z.string() }), nothing),
    /** Window's own measure for the benchmark: when the list was painted. */
    painted: call(z.object({ mark: z.string(), atMs: z.number() }), nothing),
  },
  dialog: {
    /** System file chooser; `null` = cancelled. */
    openFile: call(
      z.object({ purpose: z.enum(['disk', 'optical', 'floppy', 'any']) }),
      z.object({ path: path.nullable() }),
    ),
    saveFile: call(
      z.object({ purpose: z.enum(['screenshot', 'report', 'capture']), suggestedName: z.string() }),
      z.object({ path: path.nullable() }),
    ),
  },
  state: {
    snapshot: call(
      noArgs,
      // An AppState as JSON: one string crosses the bridge many times faster than a thousand objects.
      z.object({ epoch: z.string(), seq: z.number().int(), json: z.string() }),
    ),
    patch: topic(patchMessageSchema),
  },
  vm: {
    create: call(newVmSchema, z.object({ id: vmIdSchema, job: jobIdSchema })),
    createDemo: call(noArgs, z.object({ id: vmIdSchema, job: jobIdSchema })),
    /** `engine`: use it this time, with consent to what the decision says is lost. */
    start: call(
      z.object({
        id: vmIdSchema,
        engine: engineIdSchema.optional(),
        hasConsent: z.boolean().optional(),
      }),
      job,
    ),
    pause: call(vmArgs, job),
    resume: call(vmArgs, job),
    reset: call(vmArgs, job),
    shutdown: call(vmArgs, job),
    powerOff: call(vmArgs, job),
    save: call(vmArgs, job),
    discardSaved: call(vmArgs, job),
    delete: call(z.object({ id: vmIdSchema, withDisks: z.boolean() }), job),
    edit: call(editVmSchema, z.object({ appliesAt: z.enum(['now', 'nextStart']) })),
    decide: call(vmArgs, decisionSchema),
    log: call(vmArgs, z.object({ lines: z.array(z.string()), path: z.string() })),
    addForward: call(
      z.object({ id: vmIdSchema, nic: z.string(), forward: portForwardSchema }),
      nothing,
    ),
    removeForward: call(
      z.object({ id: vmIdSchema, nic: z.string(), forward: z.string() }),
      nothing,
    ),
    setCable: call(
      z.object({ id: vmIdSchema, nic: z.string(), isConnected: z.boolean() }),
      nothing,
    ),
    /** `path: null` ejects. */
    changeMedium: call(
      z.object({ id: vmIdSchema, drive: z.string(), path: path.nullable() }),
      nothing,
    ),
    /** Makes a sparse image in the VM's folder and adds it as a disk. */
    createDisk: call(z.object({ id: vmIdSchema, capacity: bytesSchema, bus: diskBusSchema }), job),
    growDisk: call(z.object({ id: vmIdSchema, disk: z.string(), capacity: bytesSchema }), job),
    /** PNG of the guest's screen, at most one per second and VM is really taken; `null` = no screen now. */
    thumbnail: call(
      vmArgs,
      z.object({ png: z.custom<Uint8Array>((v) => v instanceof Uint8Array).nullable() }),
    ),
    screenshot: call(
      z.object({ id: vmIdSchema, to: z.enum(['clipboard', 'file']), path: path.optional() }),
      nothing,
    ),
    clearProblem: call(vmArgs, nothing),
    /** The fallback was seen. */
    dismissFallback: call(vmArgs, nothing),
    /** Hands an encrypted machine its password; it is kept nowhere. Rejects with `vm/password-wrong`. */
    unlock: call(z.object({ id: vmIdSchema, password: z.string().min(1).max(1024) }), nothing),
    snapshots: call(vmArgs, z.object({ snapshots: z.array(snapshotSchema) })),
    /** What switching to `engine` would change and lose. */
    previewSwitch: call(z.object({ id: vmIdSchema, engine: engineIdSchema }), switchPreviewSchema),
    /**
     * Makes `engine` the machine's own choice (`null`: none, decide each time). `isLasting` also writes it into the
     * hypervisor's settings of the machine. `discardSaved`: the saved memory may be thrown away.
     */
    switchEngine: call(
      z.object({
        id: vmIdSchema,
        engine: engineIdSchema.nullable(),
        isLasting: z.boolean(),
        discardSaved: z.boolean(),
      }),
      nothing,
    ),
    /** Opens the hypervisor's own window of a running machine. */
    openWindow: call(vmArgs, nothing),
  },
  console: {
    /**
     * Opens a byte stream. The MessagePort arrives as a `message` event on window:
     * `{ polyvisorPort: channel }` with `ports[0]`; see console-protocol.ts.
     */
    open: call(
      z.object({ id: vmIdSchema, kind: z.enum(['screen', 'serial']) }),
      z.object({ channel: z.string() }),
    ),
    close: call(z.object({ channel: z.string() }), nothing),
  },
  medium: {
    /** By the machine's hypervisor, or the one named; else by the first that can. */
    inspect: call(
      z.object({ path, id: vmIdSchema.optional(), driver: driverIdSchema.optional() }),
      mediumInfoSchema,
    ),
    /** Free bytes and whether a sparse image of that size fits where VMs are kept. */
    space: call(z.object({ capacity: bytesSchema }), z.object({ freeBytes: z.number() })),
  },
  compat: {
    /** Features x backends on this host; with `id`, what that machine uses is marked. */
    table: call(
      z.object({ id: vmIdSchema.optional() }),
      z.object({ rows: z.array(compatRowSchema) }),
    ),
  },
  host: {
    /** Look again; without `check` everything. */
    recheck: call(z.object({ check: z.string().optional() }), nothing),
    setForced: call(z.object({ backend: backendSchema, isForced: z.boolean() }), nothing),
    report: call(noArgs, z.object({ text: z.string() })),
  },
  job: {
    cancel: call(z.object({ id: jobIdSchema }), nothing),
  },
  settings: {
    update: call(settingsSchema.unwrap().partial(), nothing),
  },
} as const satisfies Contract;

/** In two, and the type by name: the compiler writes out no type as long as the whole. */
export const contract: typeof ownCalls & { readonly network: typeof networkCalls } = {
  ...ownCalls,
  network: networkCalls,
};

export type AppContract = typeof contract;
