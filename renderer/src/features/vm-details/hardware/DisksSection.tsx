// Disks: a new one, an existing image, bus, grow, remove. Removing takes the disk out; its file stays.
import { FolderOpen, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { format } from '../../../../../shared/i18n/format.ts';
import { gibToBytes } from '../../../../../shared/model/brand.ts';
import { isLive } from '../../../../../shared/model/power.ts';
import type { Disk, DiskBus } from '../../../../../shared/model/vm-config.ts';
import { diskBusSchema } from '../../../../../shared/model/vm-config.ts';
import { useActions } from '../../../actions/actions.ts';
import { Button, IconButton } from '../../../components/Button.tsx';
import { NumberField, SelectField } from '../../../components/Form.tsx';
import { fileName, showBytes } from '../../../components/units.ts';
import { useMediumInfo } from '../../../hooks/use-medium.ts';
import { useAppStore, useCapabilities, useHost } from '../../../state/app-store.ts';
import { freeId } from './draft.ts';
import type { SectionProps } from './section-props.ts';
import { Section, whenOf } from './Section.tsx';
import { WorksOn } from './WorksOn.tsx';

const bytesPerGiB = 1024 ** 3;

export const DisksSection = ({
  vm,
  config,
  onChange,
  isDirty,
  isOffOnly,
  works,
}: SectionProps & { readonly isDirty: boolean }) => {
  const actions = useActions();
  const { id, driver } = vm.definition;
  const live = isLive(vm.power);
  const buses = useCapabilities(driver)?.diskBuses ?? diskBusSchema.options;
  const offered = diskBusSchema.options.filter((bus) => buses.includes(bus));
  const usualBus: DiskBus = config.disks[0]?.bus ?? offered[0] ?? 'sata';
  const [isMaking, setMaking] = useState(false);

  const addExisting = async (): Promise<void> => {
    const chosen = await actions.attempt(actions.client.dialog.openFile({ purpose: 'disk' }));
    if (!chosen || chosen.path === null) return;
    const info = await actions.attempt(
      actions.client.medium.inspect({ path: chosen.path, id }),
      id,
    );
    if (!info) return;
    const disk: Disk = {
      id: freeId('disk', config.disks),
      path: info.path,
      format: info.format,
      bus: usualBus,
      isOwned: false,
      ...(info.isWritable ? {} : { isReadOnly: true }),
    };
    onChange({ disks: [...config.disks, disk] });
  };

  return (
    <Section
      title={format('fact.disks')}
      when={whenOf(live, isOffOnly)}
      isLocked={isOffOnly}
      action={
        <span className="row">
          <Button size="small" icon={<FolderOpen size={14} />} onClick={() => void addExisting()}>
            {format('hw.disk.addExisting')}
          </Button>
          <Button size="small" icon={<Plus size={14} />} onClick={() => setMaking(!isMaking)}>
            {format('hw.disk.new')}
          </Button>
        </span>
      }
    >
      <WorksOn vm={vm} rows={works} group="storage" />
      {isMaking && (
        <NewDisk
          isDirty={isDirty}
          onMake={(gib) => {
            setMaking(false);
            const capacity = gibToBytes(gib);
            void actions
              .attempt(actions.client.vm.createDisk({ id, capacity, bus: usualBus }), id)
              .then((made) => made && actions.watch(made.job, id));
          }}
          onCancel={() => setMaking(false)}
        />
      )}
      {config.disks.length === 0 && <p className="t3">{format('hw.disk.none')}</p>}
      <ul className="hw-rows">
        {config.disks.map((disk) => (
          <DiskRow
            key={disk.id}
            disk={disk}
            offered={offered}
            canGrowNow={!live && vm.power !== 'saved'}
            onBus={(bus) =>
              onChange({
                disks: config.disks.map((row) => (row.id === disk.id ? { ...row, bus } : row)),
              })
            }
            onGrow={(gib) =>
              void actions
                .attempt(
                  actions.client.vm.growDisk({ id, disk: disk.id, capacity: gibToBytes(gib) }),
                  id,
                )
                .then((made) => made && actions.watch(made.job, id))
            }
            onRemove={() => onChange({ disks: config.disks.filter((row) => row.id !== disk.id) })}
          />
        ))}
      </ul>
    </Section>
  );
};

const NewDisk = ({
  isDirty,
  onMake,
  onCancel,
}: {
  readonly isDirty: boolean;
  readonly onMake: (gib: number) => void;
  readonly onCancel: () => void;
}) => {
  const host = useHost();
  const [gib, setGib] = useState(20);
  const isGood = gib > 0 && gib <= 65536;
  return (
    <div className="hw-inline">
      <NumberField
        label={format('hw.disk.newSize')}
        unit="GiB"
        value={gib}
        min={1}
        onChange={setGib}
        problem={isGood ? undefined : format('new.diskRange', { max: 65536 })}
        warning={
          host && gib * bytesPerGiB > host.freeBytes
            ? format('new.diskAboveFree', { free: showBytes(host.freeBytes) })
            : undefined
        }
        help={format('new.diskGrows')}
      />
      <Button look="primary" disabled={!isGood || isDirty} onClick={() => onMake(gib)}>
        {format('hw.disk.make')}
      </Button>
      <Button onClick={onCancel}>{format('common.cancel')}</Button>
      {isDirty && <span className="help warn">{format('hw.disk.applyFirst')}</span>}
    </div>
  );
};

const DiskRow = ({
  disk,
  offered,
  canGrowNow,
  onBus,
  onGrow,
  onRemove,
}: {
  readonly disk: Disk;
  readonly offered: readonly DiskBus[];
  readonly canGrowNow: boolean;
  readonly onBus: (bus: DiskBus) => void;
  readonly onGrow: (gib: number) => void;
  readonly onRemove: () => void;
}) => {
  // Growing changes the file, not the definition: look again when a task ended.
  const tasks = useAppStore(
    (s) => Object.values(s.state.jobs).filter((job) => job.phase !== 'running').length,
  );
  const info = useMediumInfo(disk.path, tasks);
  const [growTo, setGrowTo] = useState<number>();
  const nowGiB = info ? info.capacity / bytesPerGiB : 0;
  return (
    <li className="hw-row">
      <div className="grow">
        <div className="row wrap">
          <b>{fileName(disk.path)}</b>
          <span className="t3">{disk.format}</span>
          {info ? (
            <span className="num">
              {format('fact.disk', {
                capacity: showBytes(info.capacity),
                allocated: showBytes(info.allocated),
              })}
            </span>
          ) : (
            <span className="tone-warn">{format('hw.disk.unknown')}</span>
          )}
          {disk.isReadOnly === true && <span className="chip">{format('hw.disk.readOnly')}</span>}
          {!disk.isOwned && <span className="chip">{format('hw.disk.existing')}</span>}
        </div>
        <div className="xs t3 cut selectable" title={disk.path}>
          {disk.path}
        </div>
        {growTo !== undefined && (
          <div className="hw-inline">
            <NumberField
              label={format('hw.disk.growTo')}
              unit="GiB"
              value={growTo}
              min={Math.ceil(nowGiB)}
              onChange={setGrowTo}
              problem={growTo > nowGiB ? undefined : format('hw.disk.growOnly')}
              help={format('hw.disk.growHelp')}
            />
            <Button
              look="primary"
              disabled={!(growTo > nowGiB)}
              onClick={() => {
                onGrow(growTo);
                setGrowTo(undefined);
              }}
            >
              {format('hw.disk.grow')}
            </Button>
            <Button onClick={() => setGrowTo(undefined)}>{format('common.cancel')}</Button>
          </div>
        )}
      </div>
      <div style={{ width: '8rem' }}>
        <SelectField
          label={format('hw.disk.bus')}
          value={disk.bus}
          options={(offered.includes(disk.bus) ? offered : [...offered, disk.bus]).map((bus) => ({
            value: bus,
            label: format(`hw.bus.${bus}`),
          }))}
          onChange={onBus}
        />
      </div>
      {info?.canGrow === true && canGrowNow && growTo === undefined && (
        <Button size="small" onClick={() => setGrowTo(Math.ceil(nowGiB) + 10)}>
          {format('hw.disk.growButton')}
        </Button>
      )}
      <IconButton
        label={format('hw.disk.remove', { file: fileName(disk.path) })}
        look="flat"
        onClick={onRemove}
      >
        <Trash2 size={16} />
      </IconButton>
    </li>
  );
};
