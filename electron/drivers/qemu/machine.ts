// One live VM: its process and its monitor. Turns QMP events into power reports and judges how it ended.
// Ends of the process: SHUTDOWN event or our own kill = off; saved = saved; anything else = crashed.
import { rmSync } from 'node:fs';
import { failure, isFailure, type AppError } from '../../../shared/contract/errors.ts';
import type { VmId } from '../../../shared/model/brand.ts';
import type { PowerState } from '../../../shared/model/power.ts';
import type { VmConfig } from '../../../shared/model/vm-config.ts';
import type { DriverEvent } from '../types.ts';
import type { VmFiles } from './files.ts';
import { lastLines, spokenBy } from './log-file.ts';
import { netdevOf } from './netdev.ts';
import { passtLost } from './passt.ts';
import {
  isAlive,
  isStopped,
  signalProcess,
  waitForEnd,
  type ProcessIdentity,
} from './processes.ts';
import { connectQmp, queryStatus, type QmpClient, type QmpEvent, type QmpTimes } from './qmp.ts';
import { removeRecord, writeRecord, type RunRecord } from './run-record.ts';

export interface MachineDeps {
  readonly files: VmFiles;
  readonly record: RunRecord;
  readonly identity: ProcessIdentity;
  /** Exit of our own child; absent for an adopted process. */
  readonly exited?: Promise<string>;
  readonly times: QmpTimes;
  readonly emit: (event: DriverEvent) => void;
  /** Called once, when the process is gone and its end was reported. */
  readonly onEnded: () => void;
}

/** Without a connection the socket is tried again this often (somebody else holds it, or QEMU hangs). */
const reconnectMs = 2000;

export class Machine {
  readonly id: VmId;
  readonly name: string;
  readonly files: VmFiles;
  readonly identity: ProcessIdentity;
  /** Resolves when the end was reported. */
  readonly ended: Promise<void>;
  record: RunRecord;
  power: PowerState = 'starting';
  private readonly deps: MachineDeps;
  private qmp: QmpClient | undefined;
  private isDisposed = false;
  private hasEnded = false;
  private wasShutdownAsked = false;
  private isCutByUs = false;
  private isSaved = false;
  private shutdown: { readonly isGuest: boolean; readonly reason: string } | undefined;
  private finish: () => void = () => undefined;
  private reconnectTimer: NodeJS.Timeout | undefined;

  constructor(deps: MachineDeps, qmp?: QmpClient) {
    this.deps = deps;
    this.id = deps.record.definition.id;
    this.name = deps.record.definition.name;
    this.files = deps.files;
    this.identity = deps.identity;
    this.record = deps.record;
    this.ended = new Promise((resolve) => (this.finish = resolve));
    if (qmp) this.attach(qmp);
    else this.scheduleReconnect();
  }

  /** While true, an end of the process is the starter's to tell, not this class's. */
  private isBeingStarted = false;

  beginStart(power: 'starting' | 'restoring'): void {
    this.isBeingStarted = true;
    this.power = power;
  }

  /** The guest runs: from here on its end is reported by this class. */
  settleStart(): void {
    this.isBeingStarted = false;
    if (!this.qmp?.isOpen) void this.onSocketClosed();
  }

  /** True when the process was ended on purpose through this class. */
  get wasCut(): boolean {
    return this.isCutByUs;
  }

  get isLive(): boolean {
    return !this.hasEnded;
  }

  report(power: PowerState, error?: AppError, cause?: 'guest' | 'asked' | 'unknown'): void {
    this.power = power;
    this.deps.emit({
      kind: 'power',
      vm: this.id,
      power,
      ...(error ? { error } : {}),
      ...(cause ? { cause } : {}),
    });
  }

  setPhase(phase: RunRecord['phase'], wasPaused?: boolean): void {
    this.record = { ...this.record, phase, ...(wasPaused === undefined ? {} : { wasPaused }) };
    writeRecord(this.files.record, this.record);
  }

  /** Notes a live change of the hardware in the start record. */
  updateConfig(change: (config: VmConfig) => VmConfig): void {
    const { definition } = this.record;
    const config = change(definition.config);
    this.record = { ...this.record, definition: { ...definition, config } };
    writeRecord(this.files.record, this.record);
  }

  /** The monitor; connects again if the connection was lost. Rejects with `qemu/qmp-*`. */
  async control(): Promise<QmpClient> {
    if (this.qmp?.isOpen) return this.qmp;
    if (this.hasEnded) throw failure('qemu/qmp-closed', { name: this.name });
    const qmp = await connectMonitor(this.files.qmp, this.name, this.identity, this.deps.times);
    this.attach(qmp);
    return qmp;
  }

  /** The next end of the process counts as the saved state's, not as a crash or power-off. */
  markSaved(): void {
    this.isSaved = true;
  }

  noteShutdownAsked(): void {
    this.wasShutdownAsked = true;
  }

  /** Ends the process for sure: the monitor first, then signals, each with its limit. */
  async cutPower(): Promise<void> {
    this.isCutByUs = true;
    if (this.power !== 'saving') this.report('stopping');
    const quitMs = 2000;
    const isQuit = await this.control()
      .then((qmp) => qmp.execute('quit', {}, quitMs))
      .then(() => true)
      // A closed socket may be the answer to quit itself; everything else goes on with signals.
      .catch((error: unknown) => isFailure(error, 'qemu/qmp-closed'));
    const isGone = isQuit && (await waitForEnd(this.identity, 5000));
    if (!isGone) {
      signalProcess(this.identity, 'SIGTERM');
      // A stopped process takes no SIGTERM until it continues.
      const isEnded = !isStopped(this.identity) && (await waitForEnd(this.identity, 2000));
      if (!isEnded) signalProcess(this.identity, 'SIGKILL');
      await waitForEnd(this.identity, 10_000);
    }
    if (isAlive(this.identity)) {
      throw failure('qemu/qmp-timeout', { name: this.name, command: 'quit', seconds: 10 });
    }
    await this.onSocketClosed();
    await this.ended;
  }

  /** Ends a machine whose start failed, without any report: the caller says what became of the VM. */
  async giveUp(): Promise<void> {
    this.dispose();
    signalProcess(this.identity, 'SIGKILL');
    await waitForEnd(this.identity, 10_000);
    if (this.hasEnded) return;
    this.hasEnded = true;
    removeRecord(this.files.record, this.record);
    rmSync(this.files.runtimeDir, { recursive: true, force: true });
    this.deps.onEnded();
    this.finish();
  }

  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.reconnectTimer);
    this.qmp?.dispose();
  }

  /** Last lines of this run's log, for people. */
  lastWords(): string {
    return spokenBy(lastLines(this.files.log, 12, this.record.logOffset));
  }

  private attach(qmp: QmpClient): void {
    clearTimeout(this.reconnectTimer);
    this.qmp = qmp;
    qmp.onEvent((event) => this.onEvent(event));
    void qmp.closed.then(() => {
      if (this.qmp === qmp) this.qmp = undefined;
      return this.onSocketClosed();
    });
  }

  private onEvent({ event, data }: QmpEvent): void {
    const isQuiet = this.power === 'saving' || this.power === 'stopping';
    switch (event) {
      case 'RESUME':
        if (!isQuiet) this.report('running');
        break;
      case 'STOP':
        // While starting or restoring the guest is stopped on purpose.
        if (!isQuiet && this.power === 'running') void this.onStopped();
        break;
      case 'SHUTDOWN':
        this.shutdown = { isGuest: data['guest'] === true, reason: String(data['reason']) };
        break;
      case 'POWERDOWN':
        this.wasShutdownAsked = true;
        break;
      case 'BLOCK_IO_ERROR':
        if (data['action'] === 'stop') this.blockError = data;
        break;
      case 'NETDEV_STREAM_DISCONNECTED':
        this.onStreamLost(String(data['netdev-id']));
        break;
    }
  }
  private blockError: QmpEvent['data'] | undefined;

  /** A switch comes back by itself, passt does not. */
  private onStreamLost(netdev: string): void {
    const lost = Object.entries(this.record.plugs ?? {}).find(
      ([nic, { kind }]) => kind === 'passt' && netdevOf(nic) === netdev,
    );
    if (lost) this.report(this.power, passtLost(lost[0]));
  }

  /** Paused by request, or by QEMU itself because the guest cannot go on. */
  private async onStopped(): Promise<void> {
    const blocked = this.blockError;
    this.blockError = undefined;
    if (blocked) {
      const node = String(blocked['node-name'] ?? blocked['device']);
      const disk = this.record.definition.config.disks.find((row) => node.startsWith(row.id));
      const path = disk?.path ?? node;
      const error =
        blocked['nospace'] === true
          ? failure('persist/disk-full', { path })
          : failure('medium/unreadable', { path, reason: String(blocked['reason']) });
      this.report('paused', error.error);
      return;
    }
    this.report('paused');
    const status = await this.control()
      .then(queryStatus)
      .catch(() => 'unknown');
    if (status !== 'internal-error' && status !== 'guest-panicked') return;
    const exit =
      status === 'internal-error' ? 'the processor stopped with an internal error' : status;
    const error = failure('vm/crashed', { name: this.name, exit, log: this.lastWords() });
    this.report('paused', error.error);
  }

  private async onSocketClosed(): Promise<void> {
    if (this.isDisposed || this.hasEnded || this.isBeingStarted) return;
    // An orderly end closes the socket a moment before the process is gone.
    if (!(await waitForEnd(this.identity, this.shutdown ? 10_000 : 3000))) {
      this.scheduleReconnect();
      return;
    }
    if (this.isDisposed || this.hasEnded) return;
    this.hasEnded = true;
    clearTimeout(this.reconnectTimer);
    this.reportEnd(await this.exitText());
    this.deps.onEnded();
    this.finish();
  }

  private async exitText(): Promise<string> {
    const unknown = new Promise<string>((resolve) => {
      setTimeout(() => resolve('its exit is not known'), 1000).unref();
    });
    return this.deps.exited ? Promise.race([this.deps.exited, unknown]) : 'its exit is not known';
  }

  private reportEnd(exit: string): void {
    const { shutdown } = this;
    rmSync(this.files.runtimeDir, { recursive: true, force: true });
    if (this.isSaved) {
      removeRecord(this.files.record, this.record);
      this.report('saved');
    } else if (this.isCutByUs || (shutdown && shutdown.reason !== 'host-error')) {
      removeRecord(this.files.record, this.record);
      const isAsked =
        this.isCutByUs || this.wasShutdownAsked || shutdown?.reason === 'host-qmp-quit';
      this.report('off', undefined, isAsked ? 'asked' : shutdown?.isGuest ? 'guest' : 'unknown');
    } else {
      // The record stays: the next manager says the same until the VM is started again.
      const params = { name: this.name, exit, log: this.lastWords() };
      this.report('crashed', failure('vm/crashed', params).error);
    }
  }

  private scheduleReconnect(): void {
    if (this.isDisposed || this.hasEnded) return;
    clearTimeout(this.reconnectTimer);
    this.reconnectTimer = setTimeout(() => {
      if (!isAlive(this.identity)) void this.onSocketClosed();
      else if (!this.qmp?.isOpen) void this.reconnect();
    }, reconnectMs);
    this.reconnectTimer.unref();
  }

  private async reconnect(): Promise<void> {
    try {
      const status = await queryStatus(await this.control());
      this.report(powerOfStatus(status));
    } catch {
      this.scheduleReconnect();
    }
  }
}

/** Power as `query-status` words it. */
export const powerOfStatus = (status: string): PowerState => {
  switch (status) {
    case 'running':
      return 'running';
    case 'inmigrate':
      return 'restoring';
    case 'prelaunch':
      return 'starting';
    case 'shutdown':
      return 'stopping';
    default:
      return 'paused';
  }
};

/** Connects to a running QEMU; a hanging one gives `qemu/qmp-timeout`, one that serves another `qemu/qmp-busy`. */
export const connectMonitor = async (
  path: string,
  name: string,
  identity: ProcessIdentity,
  times: QmpTimes,
): Promise<QmpClient> => {
  try {
    return await connectQmp(path, name, times);
  } catch (error) {
    if (isFailure(error, 'qemu/qmp-busy') && isStopped(identity)) {
      const seconds = times.greetingMs / 1000;
      throw failure('qemu/qmp-timeout', { name, command: 'greeting', seconds });
    }
    if (isFailure(error)) throw error;
    // No socket, or nobody listens on it.
    throw failure('qemu/qmp-closed', { name }, { cause: error });
  }
};
