// What a driver is: one exported HypervisorDriver; probing gives a session; a session reports events.
// The core asks data and facets, never names. Adding a driver: a folder and one line in registry.ts.
import type { AppError, AppFailure } from '../../shared/contract/errors.ts';
import type { Bytes, DriverId, EngineId, VmId } from '../../shared/model/brand.ts';
import type { EngineProof } from '../../shared/model/compat.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import type { Capabilities, EngineInfo, ProbeOutcome } from '../../shared/model/driver.ts';
import type { DiskFormat, MediumInfo } from '../../shared/model/medium.ts';
import type { PortForward } from '../../shared/model/network.ts';
import type { GuestAddress, Network } from '../../shared/model/networks.ts';
import type { PowerState } from '../../shared/model/power.ts';
import type { VmConfig } from '../../shared/model/vm-config.ts';
import type { Text } from '../../shared/model/text.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import type { Logger } from '../log/logger.ts';
import type { Exec } from '../process/exec.ts';
import type { Duplex } from 'node:stream';

/** Folders of the application, all absolute, made with mode 0700 when first used. */
export interface AppPaths {
  /** $XDG_CONFIG_HOME/polyvisor: settings. */
  readonly config: string;
  /** $XDG_DATA_HOME/polyvisor: `vms/<id>/` with vm.json, owned disks, saved state. */
  readonly data: string;
  /** $XDG_STATE_HOME/polyvisor: logs `vms/<id>/qemu.log`, health memory. */
  readonly state: string;
  /** $XDG_RUNTIME_DIR/polyvisor (or a private fallback): sockets `<id short>/`, owner-only. */
  readonly runtime: string;
  /** $XDG_CACHE_HOME/polyvisor: probe results. */
  readonly cache: string;
  /** Read-only files shipped with the program: guests/. */
  readonly resources: string;
}

export interface DriverContext {
  readonly exec: Exec;
  readonly log: Logger;
  readonly paths: AppPaths;
  /** Wall clock in ms since the epoch. Ordering and time-outs use performance.now() instead. */
  readonly now: () => number;
  /** Environment for looking programs up (PATH). */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type DriverEvent =
  /** Every report about a VM's power. `error` with `crashed`, carrying the last log lines. */
  | {
      readonly kind: 'power';
      readonly vm: VmId;
      readonly power: PowerState;
      readonly error?: AppError;
      /** Why a VM went off: the guest shut down by itself, or somebody asked. */
      readonly cause?: 'guest' | 'asked' | 'unknown';
    }
  | { readonly kind: 'engineProved'; readonly vm: VmId; readonly proof: EngineProof }
  /** The definition changed on disk or in the hypervisor by somebody else. */
  | { readonly kind: 'definitionChanged'; readonly definition: VmDefinition }
  | { readonly kind: 'definitionGone'; readonly vm: VmId };

export interface LifecycleContext {
  readonly signal: AbortSignal;
  /** Fraction 0..1, null = not known. */
  readonly progress: (fraction: number | null) => void;
}

/** Where a NIC is plugged in for one run, made ready by the core before the start. */
export type NicPlug =
  /** The hypervisor listens at this unix socket; the switch connects. */
  | { readonly kind: 'stream'; readonly path: string }
  /**
   * One frame per UDP datagram on 127.0.0.1. The switch's side is bound to `switchPort`; the driver tells the
   * machine's side before frames can come.
   */
  | {
      readonly kind: 'datagram';
      readonly switchPort: number;
      readonly setPeer: (peerPort: number) => Promise<void>;
    }
  /** A persistent tap of this user, in a bridge. */
  | { readonly kind: 'tap'; readonly name: string }
  /** The driver starts a passt that listens at this unix socket and serves this one NIC. */
  | { readonly kind: 'passt'; readonly path: string };

export interface StartOptions {
  readonly engine: EngineId;
  /** By the NIC's id; a NIC without a row is the hypervisor's own business. */
  readonly plugs?: ReadonlyMap<string, NicPlug>;
}

/** A connected hypervisor. All methods are idempotent where that makes sense and reject with AppFailure. */
export interface DriverSession {
  /**
   * Looks at what already runs for these VMs (re-adoption) and reports their power. Called once after connect
   * with every definition of this driver; later definitions come with `adopt` too. Resolves when the true
   * state of each is known; a VM that cannot be judged in time is reported `crashed` or `off`, never guessed.
   */
  adopt(definitions: readonly VmDefinition[]): Promise<void>;
  /**
   * Resolves when the guest runs (or the restored one does). Starting a saved VM restores it. Rejects with
   * `engine/start-failed` when the engine is at fault, so that another may be tried; the machine is free then.
   */
  start(definition: VmDefinition, options: StartOptions, ctx: LifecycleContext): Promise<void>;
  /** Asks the guest (ACPI); resolves when the guest was asked, not when it is off. */
  shutdown(vm: VmId): Promise<void>;
  /** Cuts power; resolves when the hypervisor process is gone. */
  powerOff(vm: VmId): Promise<void>;
  reset(vm: VmId): Promise<void>;
  pause(vm: VmId): Promise<void>;
  resume(vm: VmId): Promise<void>;
  /** Removes run-time files, saved state and, with `withDisks`, the owned disks. */
  remove(definition: VmDefinition, withDisks: boolean): Promise<void>;
  /** Checks a configuration before it is stored; rejects with the first problem. Never changes anything. */
  validate(config: VmConfig): Promise<void>;
  /** Fills what only the driver knows into a fresh configuration: versioned machine type, CPU model. */
  complete(config: VmConfig): VmConfig;
  /** There when the hypervisor keeps the definitions itself; `adopt` then reports every machine it has. */
  readonly inventory?: InventoryFacet;
  readonly snapshots?: SnapshotFacet;
  readonly engineSetting?: EngineSettingFacet;
  /** Hands an encrypted machine its password. Rejects with `vm/password-wrong`. */
  unlock?(vm: VmId, password: string): Promise<void>;
  /** Opens the hypervisor's own window of a running machine. */
  openWindow?(vm: VmId): Promise<void>;
  readonly savedState?: SavedStateFacet;
  readonly media?: MediaFacet;
  readonly console?: ConsoleFacet;
  readonly live?: LiveChangeFacet;
  readonly capture?: CaptureFacet;
  readonly networks?: NetworkFacet;
  /** What the guest itself says (guest agent, Guest Additions); empty when it says nothing. Never rejects. */
  addresses?(vm: VmId): Promise<readonly GuestAddress[]>;
  /** Last lines of the hypervisor's log for a VM and where the log is. */
  log(vm: VmId): Promise<{ readonly lines: readonly string[]; readonly path: string }>;
  /** Lets go of every VM without disturbing any. */
  dispose(): Promise<void>;
}

/**
 * Definitions that live in the hypervisor. They arrive as `definitionChanged` and `definitionGone`; what only we know
 * of a machine (pin, quit policy) is the core's and is not in what the driver reports.
 */
export interface InventoryFacet {
  /** Registers a machine under `definition.id`; files go below `folder`. Nothing stays behind on failure. */
  create(definition: VmDefinition, folder: string, ctx: LifecycleContext): Promise<void>;
  /**
   * Changes what differs between the two, and nothing else of the machine. Rejects with `vm/not-changeable-live`
   * when that needs it to be off. Resolves after the new definition was reported.
   */
  edit(before: VmDefinition, after: VmDefinition): Promise<void>;
}

export interface SnapshotFacet {
  list(vm: VmId): Promise<readonly Snapshot[]>;
}

/** The engine as written into the machine by the hypervisor itself. */
export interface EngineSettingFacet {
  /** The sentence to show before it is written. */
  readonly warning: Text;
  /** `undefined` gives the choice back to the hypervisor. */
  write(vm: VmId, engine: EngineId | undefined): Promise<void>;
}

export interface SavedStateFacet {
  save(definition: VmDefinition, ctx: LifecycleContext): Promise<void>;
  discard(vm: VmId): Promise<void>;
}

export interface MediaFacet {
  /** `format`: what the file is known to be; without it its content decides. */
  inspect(path: string, format?: DiskFormat): Promise<MediumInfo>;
  /**
   * Creates a sparse image in the format that Capabilities.diskFormats names first; nothing is left behind on failure.
   * Rejects if the file exists.
   */
  create(path: string, capacity: Bytes, ctx: LifecycleContext): Promise<void>;
  /** `format` as the definition has it: a guest can write another format's header into its raw disk. */
  grow(path: string, capacity: Bytes, ctx: LifecycleContext, format?: DiskFormat): Promise<void>;
}

export interface ConsoleFacet {
  /** A byte stream: RFB for `screen`, raw bytes for `serial`. */
  open(vm: VmId, kind: 'screen' | 'serial'): Promise<Duplex>;
  /** PNG bytes of the guest's screen. */
  screenshot(vm: VmId): Promise<Uint8Array>;
  /** Serial output so far (last 256 KiB), for scroll-back after (re-)opening. */
  serialHistory(vm: VmId): Promise<Uint8Array>;
}

/** Packet capture by the hypervisor, of a NIC that is not on our switch. Pcap files, live on and off. */
export interface CaptureFacet {
  start(vm: VmId, nic: string, path: string): Promise<void>;
  stop(vm: VmId, nic: string): Promise<void>;
}

/** Networks that the hypervisor keeps itself, by our id as their name. */
export interface NetworkFacet {
  /** Ids of those it has. */
  list(): Promise<readonly { readonly id: string; readonly kind: Network['kind'] }[]>;
  /** Creates it or changes what differs. Rejects with `network/native-failed`. */
  ensure(network: Network): Promise<void>;
  remove(network: Network): Promise<void>;
}

/** With an inventory, a live change is also written into the machine: the core then writes nothing more. */
export interface LiveChangeFacet {
  addForward(vm: VmId, nic: string, forward: PortForward): Promise<void>;
  removeForward(vm: VmId, nic: string, forward: PortForward): Promise<void>;
  setCable(vm: VmId, nic: string, isConnected: boolean): Promise<void>;
  /** `undefined` ejects. */
  changeMedium(vm: VmId, drive: string, path: string | undefined): Promise<void>;
}

export interface HypervisorDriver {
  readonly id: DriverId;
  readonly title: string;
  readonly engines: readonly EngineInfo[];
  /** The failure to show when a VM of this driver is asked for while the probe did not find it. */
  unusable(probe: ProbeOutcome): AppFailure;
  /** Never rejects. */
  probe(ctx: DriverContext): Promise<ProbeOutcome>;
  /** What the found installation can do; asks the program itself, never its version. */
  capabilities(probe: FoundProbe, ctx: DriverContext): Promise<Capabilities>;
  connect(
    probe: FoundProbe,
    capabilities: Capabilities,
    ctx: DriverContext,
    onEvent: (event: DriverEvent) => void,
  ): Promise<DriverSession>;
}

export type FoundProbe = Extract<ProbeOutcome, { kind: 'found' }>;
