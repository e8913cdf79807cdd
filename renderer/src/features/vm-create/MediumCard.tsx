// What the machine starts from: drop or choose a disc or disk image; shows what was recognised in it.
import { Disc3, X } from 'lucide-react';
import { format } from '../../../../shared/i18n/format.ts';
import { familyById } from '../../../../shared/model/guest-family.ts';
import type { MediumInfo } from '../../../../shared/model/medium.ts';
import { Button, IconButton } from '../../components/Button.tsx';
import { VerdictMark } from '../../components/marks.tsx';
import { fileName, showBytes } from '../../components/units.ts';

export const MediumCard = ({
  medium,
  onChoose,
  onClear,
}: {
  readonly medium: MediumInfo | undefined;
  readonly onChoose: () => void;
  readonly onClear: () => void;
}) => {
  if (!medium) {
    return (
      <div className="medium none">
        <span className="eng">
          <Disc3 size={20} />
        </span>
        <div className="grow">
          <b>{format('new.drop')}</b>
          <p className="help">{format('new.dropHelp')}</p>
        </div>
        <Button onClick={onChoose}>{format('new.choose')}</Button>
      </div>
    );
  }
  return (
    <div className="medium">
      <span className="eng">
        <Disc3 size={20} />
      </span>
      <div className="grow">
        <div className="row wrap">
          <b className="cut" title={medium.path}>
            {fileName(medium.path)}
          </b>
          {medium.guessedFamily !== undefined && (
            <span className="chip tone-run">
              <VerdictMark shape="yes" />
              {format('new.recognised', { family: familyById(medium.guessedFamily).title })}
            </span>
          )}
        </div>
        <p className="help selectable">
          {format(`new.medium.${medium.kind}`, {
            size: showBytes(medium.capacity),
            label: medium.label ?? '',
            hasLabel: medium.label === undefined ? 'no' : 'yes',
            format: medium.format,
          })}
        </p>
        {medium.kind === 'disk' && !medium.isWritable && (
          <p className="help warn">{format('new.readOnly')}</p>
        )}
      </div>
      <Button onClick={onChoose}>{format('new.change')}</Button>
      <IconButton label={format('new.clear')} look="flat" onClick={onClear}>
        <X size={16} />
      </IconButton>
    </div>
  );
};
