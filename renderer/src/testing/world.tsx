// A small world for component specs: a state, a client that remembers its calls, and a mounted component.
import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { Tooltip } from 'radix-ui';
import type { Bridge, Result } from '../../../shared/contract/define.ts';
import type { AppError } from '../../../shared/contract/errors.ts';
import { testConfig, testVmId } from '../../../shared/testing/definition.ts';
import { toDriverId, toEngineId, toEpochMs, toMiB } from '../../../shared/model/brand.ts';
import type { Capabilities, DriverInfo } from '../../../shared/model/driver.ts';
import type { PowerState } from '../../../shared/model/power.ts';
import type { Vm } from '../../../shared/model/vm.ts';
import { emptyState, type AppState } from '../../../shared/state/app-state.ts';
import { ActionsContext, createActions } from '../actions/actions.ts';
import { BackstageContext, createBackstage } from '../bridge/context.ts';
import { useAppStore } from '../state/app-store.ts';
import { useUi } from '../state/ui-store.ts';

const capabilities: Capabilities = {
  canPause: true,
  canSaveState: true,
  canScreenshot: true,
  canChangeForwardsLive: true,
  canChangeCableLive: true,
  canChangeMediumLive: true,
  consoles: ['screen', 'serial'],
  machineTypes: ['pc-q35-7.2'],
  nicModels: ['virtio-net-pci', 'e1000'],
  diskBuses: ['virtio', 'sata'],
  displayAdapters: ['std'],
  diskFormats: ['qcow2', 'raw'],
  firmware: ['bios'],
  maxVcpus: 8,
  absentEngines: [],
  startRoutes: [],
  hasSnapshots: false,
  hasOwnWindow: false,
  canWriteEngine: false,
};
const driver: DriverInfo = {
  id: toDriverId('fake'),
  title: 'Fake',
  engines: [
    {
      id: toEngineId('soft'),
      speed: 'software',
      title: 'Fake in software',
      shortTitle: 'Fake·soft',
      mark: 'ring',
      isAutomatic: true,
    },
  ],
  probe: { kind: 'found', version: '1', paths: {} },
  capabilities,
};

export { testVmId as idOf } from '../../../shared/testing/definition.ts';

export const vmOf = (number: number, name: string, power: PowerState = 'off'): Vm => ({
  definition: {
    version: 1,
    id: testVmId(number),
    name,
    driver: driver.id,
    family: 'linux',
    createdAt: toEpochMs(0),
    config: testConfig({
      memory: toMiB(512),
      chipset: 'q35',
      machineType: 'pc-q35-7.2',
      cdDrives: [{ id: 'cd0', path: '/images/install.iso' }],
      bootOrder: ['disk', 'cd'],
      nics: [
        {
          id: 'nic0',
          model: 'e1000',
          mac: '52:54:00:00:00:01',
          isCableConnected: true,
          attachment: { kind: 'nat', ipv6: true, forwards: [] },
        },
      ],
      hasUsbTablet: true,
    }),
  },
  power,
  missingFiles: [],
  hasPendingChanges: false,
});

export const stateOf = (...vms: readonly Vm[]): AppState => ({
  ...emptyState,
  vms: Object.fromEntries(vms.map((vm) => [vm.definition.id, vm])),
  drivers: { fake: driver },
  host: {
    host: {
      hostname: 'h',
      cpus: 4,
      memoryMiB: 4096,
      distribution: '',
      kernel: '',
      freeBytes: 100 * 1024 ** 3,
      dataDir: '/',
    },
  },
});

export interface World {
  readonly calls: [string, unknown][];
  readonly root: HTMLElement;
  readonly unmount: () => Promise<void>;
}

const initialUi = useUi.getState();

/** `answers` by channel; a thrown AppError object becomes the call's failure. */
export const mount = async (
  element: ReactNode,
  state: AppState,
  answers: Readonly<Record<string, (args: never) => unknown>> = {},
): Promise<World> => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  useAppStore.setState({ isReady: true, epoch: 'e', seq: 1, state });
  useUi.setState(initialUi, true);
  const calls: [string, unknown][] = [];
  const bridge: Bridge = {
    invoke: async (channel, args): Promise<Result> => {
      calls.push([channel, args]);
      try {
        return { ok: true, value: await answers[channel]?.(args as never) };
      } catch (error) {
        return { ok: false, error: error as AppError };
      }
    },
    subscribe: () => () => undefined,
    pathForFile: () => '',
  };
  const backstage = createBackstage(bridge);
  const host = document.body.appendChild(document.createElement('div'));
  let root: Root | undefined;
  await act(async () => {
    root = createRoot(host);
    root.render(
      <BackstageContext value={backstage}>
        <ActionsContext value={createActions(backstage.client)}>
          <Tooltip.Provider>{element}</Tooltip.Provider>
        </ActionsContext>
      </BackstageContext>,
    );
  });
  return {
    calls,
    root: host,
    unmount: async () => {
      await act(async () => root?.unmount());
      host.remove();
    },
  };
};

export const press = async (
  target: Element,
  key: string,
  init: KeyboardEventInit = {},
): Promise<void> => {
  await act(async () => {
    target.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }),
    );
  });
};

export const click = async (target: Element | null | undefined): Promise<void> => {
  if (!target) throw new Error('nothing to click');
  await act(async () => {
    target.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  });
};

/** Types into a React-controlled input. */
export const fill = async (input: Element | null | undefined, value: string): Promise<void> => {
  if (!(input instanceof HTMLInputElement)) throw new Error('not an input');
  await act(async () => {
    // Past React's own setter, which would swallow the event as "no change".
    Reflect.set(HTMLInputElement.prototype, 'value', value, input);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
};

/** Button by its visible text or its name. */
export const button = (root: ParentNode, name: string): HTMLButtonElement | undefined =>
  [...root.querySelectorAll('button')].find(
    (b) => b.getAttribute('aria-label') === name || b.textContent.trim() === name,
  );

/** Input by the text of its label. */
export const inputOf = (root: ParentNode, label: string): HTMLInputElement | undefined => {
  const found = [...root.querySelectorAll('label')].find((l) => l.textContent.trim() === label);
  const input = found && root.querySelector(`#${CSS.escape(found.htmlFor)}`);
  return input instanceof HTMLInputElement ? input : undefined;
};
