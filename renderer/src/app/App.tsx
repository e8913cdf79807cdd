// The window as a whole: frame, panes and what lies above them. Composes the features; owns none of their inside.
import { Tooltip } from 'radix-ui';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { useActions } from '../actions/actions.ts';
import { useBackstage } from '../bridge/context.ts';
import { CopyContext } from '../components/Button.tsx';
import { ErrorBoundary } from '../errors/ErrorBoundary.tsx';
import { FirstRunView } from '../features/first-run/View.tsx';
import { VmDetailsView } from '../features/vm-details/View.tsx';
import { VmListView } from '../features/vm-list/View.tsx';
import { useAppStore } from '../state/app-store.ts';
import { useUi } from '../state/ui-store.ts';
import { Dialogs } from './Dialogs.tsx';
import { DropTarget } from './DropTarget.tsx';
import { NoSelection } from './NoSelection.tsx';
import { NoticesBar } from './NoticesBar.tsx';
import { Sidebar } from './Sidebar.tsx';
import { ToastHost } from './ToastHost.tsx';
import { TopBar } from './TopBar.tsx';
import { useNavigation } from './use-navigation.ts';
import { useSelectionCare } from './use-selection-care.ts';
import { useShortcuts } from './use-shortcuts.ts';
import { useTheme } from './use-theme.ts';

const HostView = lazy(async () => ({
  default: (await import('../features/host/View.tsx')).HostView,
}));
const CompatView = lazy(async () => ({
  default: (await import('../features/compat/View.tsx')).CompatView,
}));
const NetworksView = lazy(async () => ({
  default: (await import('../features/networks/View.tsx')).NetworksView,
}));
const KeepDialog = lazy(async () => ({
  default: (await import('../features/networks/KeepDialog.tsx')).KeepDialog,
}));
const NewVmView = lazy(async () => ({
  default: (await import('../features/vm-create/View.tsx')).NewVmView,
}));
const ConsoleView = lazy(async () => ({
  default: (await import('../features/console/View.tsx')).ConsoleView,
}));

export const App = () => {
  const { client } = useBackstage();
  const actions = useActions();
  const isReady = useAppStore((s) => s.isReady);
  useTheme();
  useNavigation();
  useShortcuts(actions);
  useSelectionCare();
  const copy = useMemo(() => async (text: string) => client.app.copyText({ text }), [client]);
  return (
    <CopyContext value={copy}>
      <Tooltip.Provider delayDuration={500}>
        <div className="win">
          <TopBar />
          <NoticesBar />
          <Sidebar />
          {isReady ? <Panes /> : <div className="main wide" aria-busy="true" />}
        </div>
        <DropTarget />
        <ErrorBoundary>
          <Dialogs />
        </ErrorBoundary>
        <ErrorBoundary>
          <KeepWhenAsked />
        </ErrorBoundary>
        <ToastHost />
      </Tooltip.Provider>
    </CopyContext>
  );
};

/** Loaded only when a change of this computer waits for an answer. */
const KeepWhenAsked = () => {
  const isAwaited = useAppStore((s) =>
    Object.values(s.state.hostChanges).some(({ standing }) => standing === 'awaiting'),
  );
  return isAwaited ? (
    <Suspense fallback={null}>
      <KeepDialog />
    </Suspense>
  ) : null;
};

const Panes = () => {
  const page = useUi((s) => s.page);
  const place = page.kind === 'newVm' ? `newVm ${page.path ?? ''}` : page.kind;
  return (
    <ErrorBoundary resetKey={place}>
      <Suspense fallback={<div className="main wide" aria-busy="true" />}>
        {page.kind === 'machines' && <Machines />}
        {page.kind === 'host' && <HostView />}
        {page.kind === 'compatibility' && <CompatView vm={page.vm} />}
        {page.kind === 'networks' && <NetworksView selected={page.network} />}
        {page.kind === 'newVm' && <NewVmView key={place} path={page.path} />}
      </Suspense>
    </ErrorBoundary>
  );
};

const Machines = () => {
  const isEmpty = useAppStore((s) => Object.keys(s.state.vms).length === 0);
  const selected = useUi((s) => s.selected);
  const pane = useUi((s) => s.pane);
  const isListPainted = useListPainted();
  if (isEmpty) return <FirstRunView />;
  return (
    <div className="main" data-pane={pane}>
      <VmListView />
      {selected === undefined ? (
        <NoSelection />
      ) : !isListPainted ? (
        <div aria-busy="true" />
      ) : (
        <ErrorBoundary resetKey={selected}>
          <VmDetailsView
            id={selected}
            renderConsole={(vm) => (
              <Suspense fallback={null}>
                <ConsoleView key={vm.definition.id} vm={vm} />
              </Suspense>
            )}
          />
        </ErrorBoundary>
      )}
    </div>
  );
};

let isPainted = false;
/**
 * False until the list (or the empty state) was on the screen for the first time: the details are drawn after it.
 * Tells main once, for the benchmark.
 */
const useListPainted = (): boolean => {
  const { client } = useBackstage();
  const [answer, setAnswer] = useState(isPainted);
  useEffect(() => {
    if (isPainted) return;
    isPainted = true;
    // The first frame callback runs before the paint, the second after it.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        const atMs = performance.timeOrigin + performance.now();
        setAnswer(true);
        void client.app.painted({ mark: 'list', atMs }).catch(() => undefined);
      }),
    );
  }, [client]);
  return answer;
};
