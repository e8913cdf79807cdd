// The window's copy of main's state. Written only by the mirror; components read it through the hooks below.
import { create } from 'zustand';
import type { VmId } from '../../../shared/model/brand.ts';
import type { HostCheck } from '../../../shared/model/compat.ts';
import type { Backend, EngineInfo } from '../../../shared/model/driver.ts';
import { defaultSettings, type Settings } from '../../../shared/model/settings.ts';
import type { Capabilities, DriverInfo } from '../../../shared/model/driver.ts';
import type { Vm } from '../../../shared/model/vm.ts';
import { emptyState, type AppState, type HostSummary } from '../../../shared/state/app-state.ts';

interface Mirrored {
  readonly isReady: boolean;
  readonly epoch: string;
  readonly seq: number;
  readonly state: AppState;
}

export const useAppStore = create<Mirrored>(() => ({
  isReady: false,
  epoch: '',
  seq: -1,
  state: emptyState,
}));

export const useVm = (id: VmId | undefined): Vm | undefined =>
  useAppStore((s) => (id === undefined ? undefined : s.state.vms[id]));
export const useVmTable = (): AppState['vms'] => useAppStore((s) => s.state.vms);
export const useSettings = (): Settings =>
  useAppStore((s) => s.state.settings['settings'] ?? defaultSettings);
export const useHost = (): HostSummary | undefined => useAppStore((s) => s.state.host['host']);
/** How many checks of the host want a look; muted ones do not. */
export const useHostNotes = (isNote: (check: HostCheck) => boolean): number =>
  useAppStore((s) => {
    const muted = s.state.settings['settings']?.mutedChecks ?? [];
    return Object.values(s.state.checks).filter((c) => isNote(c) && !muted.includes(c.id)).length;
  });
/** A check that somebody should look at. */
export const needsLook = (check: HostCheck): boolean =>
  check.verdict === 'warn' || check.verdict === 'blocked';
export const useDriver = (id: string | undefined): DriverInfo | undefined =>
  useAppStore((s) => (id === undefined ? undefined : s.state.drivers[id]));
export const useCapabilities = (driver: string | undefined): Capabilities | undefined =>
  useDriver(driver)?.capabilities;

const findEngine = (
  drivers: AppState['drivers'],
  backend: Backend | undefined,
): EngineInfo | undefined =>
  backend && drivers[backend.driver]?.engines.find((engine) => engine.id === backend.engine);

export const useEngineInfo = (backend: Backend | undefined): EngineInfo | undefined =>
  useAppStore((s) => findEngine(s.state.drivers, backend));
/** The driver's own words for a backend; its key where the driver is unknown. */
export const engineTitle = (state: AppState, backend: Backend): string =>
  findEngine(state.drivers, backend)?.title ?? `${backend.driver}/${backend.engine}`;
