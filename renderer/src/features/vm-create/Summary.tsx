// What will be made, in one glance, with the buttons that make it.
import { Play } from 'lucide-react';
import { format, formatText } from '../../../../shared/i18n/format.ts';
import type { DriverId } from '../../../../shared/model/brand.ts';
import { familyById } from '../../../../shared/model/guest-family.ts';
import { Button } from '../../components/Button.tsx';
import { VerdictMark } from '../../components/marks.tsx';
import { EngineTile, Keys } from '../../components/Parts.tsx';
import { fileName, showMib } from '../../components/units.ts';
import { engineLook } from '../../model/verdict-look.ts';
import { useAppStore } from '../../state/app-store.ts';
import type { NewVmDraft } from './draft.ts';

export const Summary = ({
  draft,
  driver,
  isGood,
  isBusy,
  onCreate,
  onCancel,
}: {
  readonly draft: NewVmDraft;
  readonly driver: DriverId | undefined;
  readonly isGood: boolean;
  readonly isBusy: boolean;
  readonly onCreate: (startNow: boolean) => void;
  readonly onCancel: () => void;
}) => {
  const family = familyById(draft.family);
  const disk =
    draft.diskChoice === 'create'
      ? format('new.sum.newDisk', { gib: draft.diskGiB })
      : draft.diskChoice === 'use' && draft.existing
        ? format('new.sum.useDisk', { file: fileName(draft.existing.path) })
        : format('new.sum.noDisk');
  return (
    <aside className="sum" aria-label={format('new.sum.region')}>
      <h2 className="cut" title={draft.name}>
        {draft.name.trim() === '' ? format('new.sum.unnamed') : draft.name}
      </h2>
      <dl className="kv">
        <dt>{format('fact.system')}</dt>
        <dd>{family.title}</dd>
        <dt>{format('fact.processors')}</dt>
        <dd className="num">{Number.isNaN(draft.vcpus) ? '–' : draft.vcpus}</dd>
        <dt>{format('fact.memory')}</dt>
        <dd className="num">{Number.isNaN(draft.memoryMiB) ? '–' : showMib(draft.memoryMiB)}</dd>
        <dt>{format('new.disk')}</dt>
        <dd>{disk}</dd>
        {draft.cdPath !== undefined && (
          <>
            <dt>{format('fact.discs')}</dt>
            <dd>{fileName(draft.cdPath)}</dd>
          </>
        )}
        {draft.floppyPath !== undefined && (
          <>
            <dt>{format('hw.floppy')}</dt>
            <dd>{fileName(draft.floppyPath)}</dd>
          </>
        )}
        <dt>{format('fact.network')}</dt>
        <dd>{format('new.sum.nat')}</dd>
        <dt>{format('fact.firmware')}</dt>
        <dd>{format(draft.firmware === 'uefi' ? 'fact.uefi' : 'fact.bios')}</dd>
      </dl>
      <EngineOutlook driver={driver} />
      <div className="sum-acts">
        <Button
          type="submit"
          look="primary"
          size="big"
          icon={<Play size={16} />}
          disabled={!isGood || isBusy}
        >
          {format('new.createStart')}
        </Button>
        <Button disabled={!isGood || isBusy} onClick={() => onCreate(false)}>
          {format('new.createOnly')}
        </Button>
        <Button look="flat" onClick={onCancel}>
          {format('common.cancel')}
        </Button>
        <p className="help row" style={{ justifyContent: 'center' }}>
          <Keys keys="Ctrl Enter" /> {format('new.ctrlEnter')}
        </p>
      </div>
    </aside>
  );
};

/** The engines of this computer as they stand: the decision itself is made by main for the finished machine. */
const EngineOutlook = ({ driver }: { readonly driver: DriverId | undefined }) => {
  const engines = useAppStore((s) => s.state.engines);
  const drivers = useAppStore((s) => s.state.drivers);
  const rows = Object.values(engines).flatMap((fact) => {
    if (driver !== undefined && fact.driver !== driver) return [];
    const info = drivers[fact.driver]?.engines.find((engine) => engine.id === fact.engine);
    return info ? [{ fact, info }] : [];
  });
  if (rows.length === 0) return null;
  return (
    <ul className="outlook" aria-label={format('hostPage.engines')}>
      {rows.map(({ fact, info }) => (
        <li key={`${fact.driver}/${fact.engine}`}>
          <EngineTile info={info} />
          <span>
            <span className="row">
              <b>{info.title}</b>
              <span className={`st tone-${engineLook[fact.standing].tone}`}>
                <VerdictMark shape={engineLook[fact.standing].shape} size={14} />
                {format(`hostPage.standing.${fact.standing}`)}
              </span>
            </span>
            <span className="xs t2">
              {format('hostPage.because', { because: formatText(fact.reason) })}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
};
