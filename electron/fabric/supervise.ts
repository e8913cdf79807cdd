// Keeps the service end of a network running: starts it again with growing pauses when it dies, with all it was told.
import type { AppError } from '../../shared/contract/errors.ts';
import { isFailure } from '../../shared/contract/errors.ts';
import type { Lease } from '../../shared/model/networks.ts';
import type { Logger } from '../log/logger.ts';
import type { FabricForward, NetworkService, ServiceSpec } from './protocol.ts';

export interface Host {
  readonly mac: string;
  readonly hostname: string;
}

export interface SuperviseDeps {
  readonly start: (
    spec: ServiceSpec,
    onEnded: (problem: AppError) => void,
  ) => Promise<NetworkService>;
  readonly hosts: () => readonly Host[];
  readonly onState: (state: 'up' | 'restarting' | 'failed', problem?: AppError) => void;
  readonly log: Logger;
}

/** Calls must not overlap. */
export interface SupervisedService {
  readonly spec: () => ServiceSpec;
  /** Resolves when it answers; rejects with why not, and nothing runs then. */
  readonly start: () => Promise<void>;
  /** Does not wait: tries until it runs. For a fabric that comes back. */
  readonly startEventually: () => void;
  /** In place where possible, else started anew; goes back to the former one when that fails, and rejects. */
  readonly update: (spec: ServiceSpec) => Promise<void>;
  readonly addForward: (forward: FabricForward) => Promise<void>;
  readonly removeForward: (id: string) => Promise<void>;
  readonly leases: () => Promise<readonly Lease[]>;
  readonly hostsChanged: () => void;
  readonly dispose: () => Promise<void>;
}

const firstPauseMs = 250;
const longestPauseMs = 30_000;
/** Having run that long, a service that dies is started again at once. */
const soundAfterMs = 60_000;

export const supervise = (initial: ServiceSpec, deps: SuperviseDeps): SupervisedService => {
  let spec = initial;
  let service: NetworkService | undefined;
  let isDisposed = false;
  let pauseMs = firstPauseMs;
  let startedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let restarting: Promise<void> | undefined;

  const startNow = async (): Promise<void> => {
    let hasEnded: AppError | undefined;
    let isInUse = false;
    const started = await deps.start(spec, (problem) => {
      hasEnded = problem;
      if (isInUse) died(problem);
    });
    if (isDisposed) {
      await started.dispose();
      return;
    }
    service = started;
    startedAt = performance.now();
    if (hasEnded) {
      died(hasEnded);
      return;
    }
    isInUse = true;
    started.setHosts(deps.hosts());
  };

  const died = (problem: AppError): void => {
    service = undefined;
    if (isDisposed) return;
    deps.log.warn('service ended', { problem });
    deps.onState('restarting', problem);
    if (performance.now() - startedAt > soundAfterMs) pauseMs = firstPauseMs;
    startEventually();
  };

  const startEventually = (): void => {
    if (isDisposed) return;
    timer = setTimeout(() => {
      restarting = again();
    }, pauseMs);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  };

  const again = async (): Promise<void> => {
    try {
      await startNow();
      if (service) deps.onState('up');
    } catch (error) {
      if (isDisposed) return;
      deps.log.warn('service does not start', { error: String(error) });
      deps.onState('failed', isFailure(error) ? error.error : undefined);
      startEventually();
    } finally {
      restarting = undefined;
    }
  };

  /** No start is under way or planned after it. */
  const settle = async (): Promise<void> => {
    clearTimeout(timer);
    await restarting;
    clearTimeout(timer);
  };

  const stop = async (): Promise<void> => {
    await settle();
    const old = service;
    service = undefined;
    await old?.dispose();
  };

  return {
    spec: () => spec,
    start: startNow,
    startEventually,
    update: async (next) => {
      await settle();
      const former = spec;
      if (service) {
        try {
          await service.update(next);
          spec = next;
          return;
        } catch (error) {
          deps.log.info('service is started anew', { because: String(error) });
        }
      }
      await stop();
      spec = next;
      try {
        await startNow();
      } catch (error) {
        spec = former;
        startEventually();
        throw error;
      }
    },
    addForward: async (forward) => {
      await service?.addForward(forward);
      const others = spec.forwards.filter(({ id }) => id !== forward.id);
      spec = { ...spec, forwards: [...others, forward] };
    },
    removeForward: async (id) => {
      await service?.removeForward(id);
      spec = { ...spec, forwards: spec.forwards.filter((forward) => forward.id !== id) };
    },
    leases: async () => (await service?.leases()) ?? [],
    hostsChanged: () => service?.setHosts(deps.hosts()),
    dispose: async () => {
      isDisposed = true;
      await stop();
    },
  };
};
