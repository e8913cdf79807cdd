// Runs one check and publishes what it says. A check that breaks is unknown; one with nothing to say is withdrawn.
import { toEpochMs } from '../../shared/model/brand.ts';
import type { HostCheck } from '../../shared/model/compat.ts';
import type { DriverInfo } from '../../shared/model/driver.ts';
import { text } from '../../shared/model/text.ts';
import type { Logger } from '../log/logger.ts';
import { couldNotLook, type Probe, type ProbeHost } from './probes/probe.ts';
import { ownDriverOf } from './vboxdrv/look.ts';

const rawLimit = 16 * 1024;

/** A check that cannot even say whether it applies is shown, and says why it fails. */
const isApplicable = async (probe: Probe, host: ProbeHost): Promise<boolean> => {
  try {
    return (await probe.isApplicable?.(host)) ?? true;
  } catch {
    return true;
  }
};

const affects = (probe: Probe, drivers: readonly DriverInfo[]): HostCheck['affects'] => {
  const ownDriver = ownDriverOf(drivers);
  return drivers.flatMap((driver) =>
    driver.engines
      .filter(({ accelerator }) => {
        switch (probe.affects) {
          case 'all':
            return true;
          case 'none':
            return false;
          case 'ownDriver':
            return driver === ownDriver;
          case 'ownDriverKvm':
            return driver === ownDriver && accelerator === 'kvm';
          case 'kvm':
          case 'vboxdrv':
            return accelerator === probe.affects;
        }
      })
      .map((engine) => ({ driver: driver.id, engine: engine.id })),
  );
};

export const createProbeRunner =
  (deps: {
    readonly signal: AbortSignal;
    readonly log: Logger;
    readonly now: () => number;
    readonly drivers: () => readonly DriverInfo[];
    readonly former: (id: string) => HostCheck | undefined;
    readonly publish: (check: HostCheck) => void;
    readonly withdraw: (id: string) => void;
  }) =>
  /** `isShown`: the check is told as running first. Says nothing after the signal. */
  async (probe: Probe, host: ProbeHost, isShown: boolean): Promise<void> => {
    const { signal, log, publish } = deps;
    if (signal.aborted) return;
    const { id, category, title, tested } = probe;
    const bearsOn = affects(probe, deps.drivers());
    const head = { id, category, title: text(title), tested, affects: bearsOn };
    if (!(await isApplicable(probe, host))) {
      if (!signal.aborted) deps.withdraw(id);
      return;
    }
    if (isShown) {
      publish({
        ...head,
        verdict: 'running',
        sentence: text('host.sentence.running'),
        raw: deps.former(id)?.raw ?? '',
        remedies: [],
      });
    }
    const result = await probe.run(host).catch((error: unknown) => {
      log.warn('check failed', { id, error: String(error) });
      return couldNotLook(tested, error instanceof Error ? error.message : String(error));
    });
    if (signal.aborted) return;
    const checkedAt = toEpochMs(deps.now());
    publish({ ...head, ...result, raw: result.raw.slice(0, rawLimit), checkedAt });
  };
