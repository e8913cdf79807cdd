// The page of one machine: header with its primary action, tabs below. The console is handed in by the
// application, because features do not import each other.
import { ArrowLeft, ChevronDown, Ellipsis, MonitorPlay, Pause, Play, Power } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { lazy, Suspense, type ReactNode } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import type { VmId } from '../../../../shared/model/brand.ts';
import type { Vm } from '../../../../shared/model/vm.ts';
import { openConsole, useActions } from '../../actions/actions.ts';
import {
  canOpenConsole,
  possibleActions,
  powerMenu,
  shownPower,
  vmMenu,
} from '../../actions/vm-menu.tsx';
import { Button, IconButton } from '../../components/Button.tsx';
import { Menu } from '../../components/Menu.tsx';
import { EngineBadge, StateWord } from '../../components/Parts.tsx';
import { showSpan } from '../../components/units.ts';
import { tabsOf } from '../../model/tabs.ts';
import { useNow } from '../../hooks/use-now.ts';
import { useAppStore, useCapabilities, useEngineInfo, useVm } from '../../state/app-store.ts';
import { setTab, useUi, type DetailTab } from '../../state/ui-store.ts';
import { FallbackBand } from './FallbackBand.tsx';
import { Overview } from './Overview.tsx';

const Hardware = lazy(async () => ({
  default: (await import('./hardware/Hardware.tsx')).Hardware,
}));
const Log = lazy(async () => ({ default: (await import('./Log.tsx')).Log }));

const Snapshots = lazy(async () => ({ default: (await import('./Snapshots.tsx')).Snapshots }));

export const VmDetailsView = ({
  id,
  renderConsole,
}: {
  readonly id: VmId;
  readonly renderConsole: (vm: Vm) => ReactNode;
}) => {
  const vm = useVm(id);
  const wanted = useUi((s) => s.tab);
  const capabilities = useCapabilities(vm?.definition.driver);
  if (!vm) return null;
  const tabs = tabsOf(vm, capabilities);
  // The tab of the machine before may be one this machine has not.
  const tab = tabs.includes(wanted) ? wanted : 'overview';
  return (
    <main className={`page tab-${tab}`} data-pane="detail" aria-label={vm.definition.name}>
      <Header vm={vm} />
      <FallbackBand vm={vm} />
      <Tabs.Root
        className="tabs-root"
        value={tab}
        onValueChange={(next) => setTab(next as DetailTab)}
      >
        <Tabs.List className="tabs" aria-label={format('vm.tabs')}>
          {tabs.map((name, index) => (
            <Tabs.Trigger
              key={name}
              value={name}
              className="tab"
              title={`Alt ${index + 1}`}
              {...(index === 0 ? { 'data-pane-focus': true } : {})}
            >
              {format(`vm.tab.${name}`)}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value="overview" className="body" tabIndex={-1}>
          <Overview vm={vm} />
        </Tabs.Content>
        {tabs.includes('console') && (
          <Tabs.Content value="console" className="body bare" tabIndex={-1}>
            {renderConsole(vm)}
          </Tabs.Content>
        )}
        {tabs.includes('hardware') && (
          <Tabs.Content value="hardware" className="body bare" tabIndex={-1}>
            <Suspense fallback={<Waiting />}>
              <Hardware key={id} vm={vm} />
            </Suspense>
          </Tabs.Content>
        )}
        {tabs.includes('snapshots') && (
          <Tabs.Content value="snapshots" className="body" tabIndex={-1}>
            <Suspense fallback={<Waiting />}>
              <Snapshots key={id} vm={vm} />
            </Suspense>
          </Tabs.Content>
        )}
        {tabs.includes('log') && (
          <Tabs.Content value="log" className="body" tabIndex={-1}>
            <Suspense fallback={<Waiting />}>
              <Log key={id} vm={vm} />
            </Suspense>
          </Tabs.Content>
        )}
      </Tabs.Root>
    </main>
  );
};

const Waiting = () => <div className="waiting" aria-hidden="true" />;

const Header = ({ vm }: { readonly vm: Vm }) => {
  const { id, name } = vm.definition;
  const actions = useActions();
  const capabilities = useCapabilities(vm.definition.driver);
  const info = useEngineInfo(vm.engine?.backend);
  const power = shownPower(vm);
  const possible = possibleActions(vm, capabilities);
  const stopMenu = powerMenu(vm, capabilities, actions);
  const isConsoleOpen = useUi((s) => s.tab === 'console');
  return (
    <header className="ph">
      <div className="head">
        <IconButton
          className="only-narrow"
          label={format('vm.back')}
          look="flat"
          onClick={() => useUi.setState({ pane: 'list' })}
        >
          <ArrowLeft size={16} />
        </IconButton>
        <h1 className="grow cut selectable" title={name}>
          {name}
        </h1>
        {possible.includes('start') && (
          <Button look="primary" icon={<Play size={16} />} onClick={() => actions.start(id)}>
            {format(vm.power === 'saved' ? 'vm.continue' : 'action.start')}
          </Button>
        )}
        {canOpenConsole(vm) && !isConsoleOpen && (
          <Button look="primary" icon={<MonitorPlay size={16} />} onClick={() => openConsole(id)}>
            {format('vm.openConsole')}
          </Button>
        )}
        {possible.includes('pause') && (
          <IconButton
            label={format('action.pause')}
            keys="Space"
            onClick={() => actions.power(id, 'pause')}
          >
            <Pause size={16} />
          </IconButton>
        )}
        {possible.includes('resume') && (
          <Button icon={<Play size={16} />} onClick={() => actions.power(id, 'resume')}>
            {format('action.resume')}
          </Button>
        )}
        {(possible.includes('shutdown') || stopMenu.some((group) => group.length > 0)) && (
          <span className="split">
            {possible.includes('shutdown') && (
              <IconButton
                label={format('action.shutdown')}
                onClick={() => actions.power(id, 'shutdown')}
              >
                <Power size={16} />
              </IconButton>
            )}
            <Menu groups={stopMenu}>
              <button type="button" className="btn ico" aria-label={format('vm.powerMenu')}>
                <ChevronDown size={16} />
              </button>
            </Menu>
          </span>
        )}
        <Menu groups={vmMenu(vm, capabilities, actions)}>
          <button type="button" className="btn ico" aria-label={format('vm.menu')}>
            <Ellipsis size={16} />
          </button>
        </Menu>
      </div>
      <div className="sub">
        <span role="status">
          <StateWord state={power}>
            <StateFor vm={vm} />
          </StateWord>
        </span>
        {vm.engine && info && <EngineBadge info={info} standing={vm.engine.standing} isLong />}
        <JobProgress vm={vm} />
      </div>
    </header>
  );
};

/** "Running for 12 min": the span is only shown where it means something. */
const StateFor = ({ vm }: { readonly vm: Vm }) => {
  const now = useNow(30_000);
  const power = shownPower(vm);
  const word = format(`power.${power}`);
  if ((power !== 'running' && power !== 'paused') || vm.powerSince === undefined) return word;
  return format('vm.stateFor', { state: word, span: showSpan(vm.powerSince, now) });
};

const JobProgress = ({ vm }: { readonly vm: Vm }) => {
  const job = useAppStore((s) => (vm.pending ? s.state.jobs[vm.pending.job] : undefined));
  if (!job || job.phase !== 'running' || job.fraction === null) return null;
  return (
    <span className="t2 num">
      {format('jobs.percent', { percent: Math.round(job.fraction * 100) })}
    </span>
  );
};
