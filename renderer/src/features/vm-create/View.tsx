// New machine on one page: the medium, a name, the hardware; a live summary at the side. One click creates and starts.
import { useEffect, useMemo, useState } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import { isFailure, type AppError } from '../../../../shared/contract/errors.ts';
import type { DriverInfo } from '../../../../shared/model/driver.ts';
import { guestFamilies } from '../../../../shared/model/guest-family.ts';
import type { MediumInfo } from '../../../../shared/model/medium.ts';
import { useActions } from '../../actions/actions.ts';
import { NameField } from '../../components/NameField.tsx';
import { NumberField, SelectField, Slider } from '../../components/Form.tsx';
import { showBytes, showMib } from '../../components/units.ts';
import { ErrorCard } from '../../errors/ErrorCard.tsx';
import { useNameProblem } from '../../hooks/use-name-problem.ts';
import { useAppStore, useHost } from '../../state/app-store.ts';
import { goTo, showVm } from '../../state/ui-store.ts';
import {
  draftProblems,
  emptyDraft,
  maxDiskGiB,
  minMemoryMiB,
  toNewVm,
  withFamily,
  withMedium,
  type NewVmDraft,
} from './draft.ts';
import { DiskSection } from './DiskSection.tsx';
import { HypervisorChoice } from './HypervisorChoice.tsx';
import { MediumCard } from './MediumCard.tsx';
import { Summary } from './Summary.tsx';

const takenNames = (): readonly string[] =>
  Object.values(useAppStore.getState().state.vms).map((vm) => vm.definition.name);

/** Hypervisors a machine can be made with, in the order they are known. */
const useFoundDrivers = (): readonly DriverInfo[] => {
  const drivers = useAppStore((s) => s.state.drivers);
  return useMemo(
    () => Object.values(drivers).filter((row) => row.probe.kind === 'found' && row.capabilities),
    [drivers],
  );
};

export const NewVmView = ({ path }: { readonly path: string | undefined }) => {
  const actions = useActions();
  const host = useHost();
  const drivers = useFoundDrivers();
  const [draft, setDraft] = useState<NewVmDraft>(() => emptyDraft(host, takenNames()));
  const driver = drivers.find(({ id }) => id === draft.driver) ?? drivers[0];
  const maxVcpus = driver?.capabilities?.maxVcpus ?? 1;
  const driverArg = driver ? { driver: driver.id } : {};
  const canUefi = driver?.capabilities?.firmware.includes('uefi') !== false;
  const [medium, setMedium] = useState<MediumInfo>();
  const [mediumError, setMediumError] = useState<AppError>();
  const [isCreating, setCreating] = useState(false);
  const nameProblem = useNameProblem(draft.name);
  const problems = draftProblems(draft, host, maxVcpus);
  const isGood = !nameProblem && !problems.vcpus && !problems.memory && !problems.disk;
  const change = (part: Partial<NewVmDraft>): void => setDraft((now) => ({ ...now, ...part }));

  const takeFile = async (file: string): Promise<void> => {
    setMediumError(undefined);
    try {
      const info = await actions.client.medium.inspect({ path: file, ...driverArg });
      setMedium(info);
      setDraft((now) => withMedium(now, info, host, takenNames()));
    } catch (error) {
      setMedium(undefined);
      setMediumError(
        isFailure(error)
          ? error.error
          : { code: 'internal/unexpected', params: { reference: String(error) }, tried: [] },
      );
    }
  };
  // A dropped file arrives with the page.
  useEffect(() => {
    if (path !== undefined) void takeFile(path);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [path]);

  const choose = async (): Promise<void> => {
    const chosen = await actions.attempt(actions.client.dialog.openFile({ purpose: 'any' }));
    if (chosen && chosen.path !== null) await takeFile(chosen.path);
  };
  /** An existing image as the disk: name and family stay as they are. */
  const chooseDisk = async (): Promise<void> => {
    const chosen = await actions.attempt(actions.client.dialog.openFile({ purpose: 'disk' }));
    if (!chosen || chosen.path === null) return;
    const info = await actions.attempt(
      actions.client.medium.inspect({ path: chosen.path, ...driverArg }),
    );
    if (info) change({ diskChoice: 'use', existing: { path: info.path, format: info.format } });
  };

  const create = async (startNow: boolean): Promise<void> => {
    if (!isGood || isCreating) return;
    setCreating(true);
    const made = await actions.attempt(
      actions.client.vm.create(toNewVm({ ...draft, driver: driver?.id }, startNow)),
    );
    setCreating(false);
    if (!made) return;
    actions.watch(made.job, made.id);
    showVm(made.id, startNow ? 'console' : 'overview');
  };

  return (
    <main className="main wide" data-pane="detail">
      <form
        className="new"
        onSubmit={(event) => {
          event.preventDefault();
          void create(true);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && event.ctrlKey) {
            event.preventDefault();
            void create(true);
          }
        }}
      >
        <div className="new-form">
          <h1>{format('new.title')}</h1>
          <MediumCard
            medium={medium}
            onChoose={() => void choose()}
            onClear={() => {
              setMedium(undefined);
              change({
                cdPath: undefined,
                floppyPath: undefined,
                existing: undefined,
                diskChoice: 'create',
              });
            }}
          />
          {mediumError && (
            <ErrorCard
              error={mediumError}
              hasVm={false}
              onAction={(action) => actions.handleError(action, undefined)}
              onDismiss={() => setMediumError(undefined)}
            />
          )}
          {drivers.length > 1 && driver && (
            <HypervisorChoice
              drivers={drivers}
              value={driver.id}
              onChange={({ id }) => change({ driver: id })}
            />
          )}
          <div className="form-2">
            <NameField
              value={draft.name}
              problem={nameProblem}
              hasFocus
              onChange={(name) => change({ name, isNameTyped: true })}
            />
            <SelectField
              label={format('new.family')}
              value={draft.family}
              options={guestFamilies
                .filter((family) => family.id !== 'demo' || family.id === draft.family)
                .map((family) => ({ value: family.id, label: family.title }))}
              onChange={(id) => setDraft((now) => withFamily(now, id, host, takenNames()))}
            />
          </div>
          <div className="form-3">
            <div>
              <NumberField
                label={format('fact.processors')}
                value={draft.vcpus}
                min={1}
                max={maxVcpus}
                onChange={(vcpus) => change({ vcpus })}
                help={host && format('new.hostCpus', { cpus: host.cpus })}
                problem={problems.vcpus && format('new.vcpusRange', { max: maxVcpus })}
                warning={
                  host && draft.vcpus > host.cpus
                    ? format('new.vcpusAboveHost', { cpus: host.cpus })
                    : undefined
                }
              />
              <Slider
                label={format('fact.processors')}
                value={draft.vcpus}
                min={1}
                max={Math.min(maxVcpus, Math.max(host?.cpus ?? 1, draft.vcpus || 1, 2))}
                step={1}
                onChange={(vcpus) => change({ vcpus })}
              />
            </div>
            <div>
              <NumberField
                label={format('fact.memory')}
                aside={Number.isNaN(draft.memoryMiB) ? '' : showMib(draft.memoryMiB)}
                unit="MiB"
                value={draft.memoryMiB}
                min={minMemoryMiB}
                onChange={(memoryMiB) => change({ memoryMiB })}
                help={host && format('new.hostMemory', { memory: showMib(host.memoryMiB) })}
                problem={
                  problems.memory === 'tooSmall'
                    ? format('new.memoryTooSmall', { min: minMemoryMiB })
                    : problems.memory === 'aboveHost' && host
                      ? format('new.memoryAboveHost', { memory: showMib(host.memoryMiB) })
                      : undefined
                }
              />
              <Slider
                label={format('fact.memory')}
                value={draft.memoryMiB}
                min={64}
                max={host ? Math.max(host.memoryMiB, 128) : 8192}
                step={64}
                onChange={(memoryMiB) => change({ memoryMiB })}
              />
            </div>
            <SelectField
              label={format('fact.firmware')}
              value={draft.firmware}
              options={[
                { value: 'bios' as const, label: format('fact.bios') },
                { value: 'uefi' as const, label: format('fact.uefi') },
              ].filter(({ value }) => value === 'bios' || canUefi || draft.firmware === value)}
              onChange={(firmware) => change({ firmware })}
              warning={
                draft.firmware === 'uefi' && !canUefi ? format('new.uefiMissing') : undefined
              }
            />
          </div>
          <DiskSection
            draft={draft}
            onChange={change}
            onChoose={() => void chooseDisk()}
            problem={
              problems.disk === 'range'
                ? format('new.diskRange', { max: maxDiskGiB })
                : problems.disk === 'noFile'
                  ? format('new.diskNoFile')
                  : undefined
            }
            warning={
              draft.diskChoice === 'create' && host && draft.diskGiB * 1024 ** 3 > host.freeBytes
                ? format('new.diskAboveFree', { free: showBytes(host.freeBytes) })
                : undefined
            }
            free={host && showBytes(host.freeBytes)}
          />
        </div>
        <Summary
          draft={draft}
          driver={driver?.id}
          isGood={isGood}
          isBusy={isCreating}
          onCreate={(startNow) => void create(startNow)}
          onCancel={() => goTo({ kind: 'machines' })}
        />
      </form>
    </main>
  );
};
