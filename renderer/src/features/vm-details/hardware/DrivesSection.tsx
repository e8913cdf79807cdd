// CD and floppy drives: insert, eject (also while running), add and remove drives.
import { Disc3, Plus, Save, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { format } from '../../../../../shared/i18n/format.ts';
import { isLive } from '../../../../../shared/model/power.ts';
import type { VmConfig } from '../../../../../shared/model/vm-config.ts';
import { useActions } from '../../../actions/actions.ts';
import { Button, IconButton } from '../../../components/Button.tsx';
import { fileName } from '../../../components/units.ts';
import { useCapabilities } from '../../../state/app-store.ts';
import { freeId } from './draft.ts';
import type { SectionProps } from './section-props.ts';
import { Section, whenOf } from './Section.tsx';

const maxCdDrives = 4;

/** The drive with another medium; `undefined` empties it. */
const holding = <T extends object>(drive: T, path: string | undefined): T => {
  const { path: _former, ...rest } = drive as { readonly path?: string };
  return (path === undefined ? rest : { ...rest, path }) as T;
};

export const DrivesSection = ({ vm, config, onChange, isOffOnly }: SectionProps) => {
  const actions = useActions();
  const { id, driver } = vm.definition;
  const live = isLive(vm.power);
  const canLive = useCapabilities(driver)?.canChangeMediumLive === true;
  /** Drives the running machine has; a drive added in the draft gets its medium in the draft. */
  const isReal = (drive: string): boolean =>
    drive === 'floppy'
      ? vm.definition.config.floppy !== undefined
      : vm.definition.config.cdDrives.some((cd) => cd.id === drive);

  const put = (drive: string, path: string | undefined): void => {
    if (live && canLive && isReal(drive)) {
      void actions.attempt(actions.client.vm.changeMedium({ id, drive, path: path ?? null }), id);
      // An open draft of the drives must not put the former disc back.
      if (config.cdDrives === vm.definition.config.cdDrives) return;
    }
    if (drive === 'floppy') onChange({ floppy: holding(config.floppy ?? {}, path) });
    else
      onChange({
        cdDrives: config.cdDrives.map((cd) => (cd.id === drive ? holding(cd, path) : cd)),
      });
  };
  const insert = async (drive: string): Promise<void> => {
    const purpose = drive === 'floppy' ? 'floppy' : 'optical';
    const chosen = await actions.attempt(actions.client.dialog.openFile({ purpose }));
    if (!chosen || chosen.path === null) return;
    const info = await actions.attempt(
      actions.client.medium.inspect({ path: chosen.path, id }),
      id,
    );
    if (info) put(drive, info.path);
  };

  return (
    <Section
      title={format('hw.drives')}
      when={live && canLive ? 'now' : whenOf(live, isOffOnly)}
      isLocked={isOffOnly && !canLive}
      action={
        <span className="row">
          {config.cdDrives.length < maxCdDrives && (
            <Button
              size="small"
              icon={<Plus size={14} />}
              disabled={isOffOnly}
              onClick={() =>
                onChange({
                  cdDrives: [...config.cdDrives, { id: freeId('cd', config.cdDrives) }],
                })
              }
            >
              {format('hw.cd.add')}
            </Button>
          )}
          {!config.floppy && (
            <Button
              size="small"
              icon={<Plus size={14} />}
              disabled={isOffOnly}
              onClick={() => onChange({ floppy: {} })}
            >
              {format('hw.floppy.add')}
            </Button>
          )}
        </span>
      }
    >
      <ul className="hw-rows">
        {config.cdDrives.map((drive, index) => (
          <DriveRow
            key={drive.id}
            title={format('hw.cd', { number: index + 1 })}
            icon={<Disc3 size={16} />}
            path={drive.path}
            isFixed={isOffOnly}
            onInsert={() => void insert(drive.id)}
            onEject={() => put(drive.id, undefined)}
            onRemove={() =>
              onChange({ cdDrives: config.cdDrives.filter((row) => row.id !== drive.id) })
            }
          />
        ))}
        {config.floppy && (
          <DriveRow
            title={format('hw.floppy')}
            icon={<Save size={16} />}
            path={config.floppy.path}
            isFixed={isOffOnly}
            onInsert={() => void insert('floppy')}
            onEject={() => put('floppy', undefined)}
            onRemove={() => onChange({ floppy: undefined } satisfies Partial<VmConfig>)}
          />
        )}
      </ul>
    </Section>
  );
};

const DriveRow = ({
  title,
  icon,
  path,
  isFixed,
  onInsert,
  onEject,
  onRemove,
}: {
  readonly title: string;
  readonly icon: ReactNode;
  readonly path: string | undefined;
  /** The drive itself cannot be removed now. */
  readonly isFixed: boolean;
  readonly onInsert: () => void;
  readonly onEject: () => void;
  readonly onRemove: () => void;
}) => (
  <li className="hw-row">
    {icon}
    <div className="grow">
      <b>{title}</b>
      <div className="xs t3 cut selectable" title={path}>
        {path === undefined ? format('hw.drive.empty') : path}
      </div>
    </div>
    <Button size="small" onClick={onInsert}>
      {format(path === undefined ? 'hw.drive.insert' : 'hw.drive.change')}
    </Button>
    {path !== undefined && (
      <Button
        size="small"
        onClick={onEject}
        aria-label={format('hw.drive.ejectFile', { file: fileName(path) })}
      >
        {format('hw.drive.eject')}
      </Button>
    )}
    <IconButton
      label={format('hw.drive.remove', { title })}
      look="flat"
      disabled={isFixed}
      onClick={onRemove}
    >
      <Trash2 size={16} />
    </IconButton>
  </li>
);
