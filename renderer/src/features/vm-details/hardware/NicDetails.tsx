// The card itself: model, address, bandwidth.
import { Shuffle } from 'lucide-react';
import { format } from '../../../../../shared/i18n/format.ts';
import { IconButton } from '../../../components/Button.tsx';
import { NumberField, SelectField, TextField } from '../../../components/Form.tsx';
import { useVmTable } from '../../../state/app-store.ts';
import { isLimitBad, leastLimit } from './attachments.ts';
import { randomMac } from './draft.ts';
import type { NicCardProps } from './section-props.ts';

export const NicDetails = ({ vm, nic, models, isMacBad, onChange }: NicCardProps) => {
  const vms = useVmTable();
  // Twice in this machine is told as a problem of its own.
  const twin = Object.values(vms).find(
    (other) =>
      other.definition.id !== vm.definition.id &&
      other.definition.config.nics.some(({ mac }) => mac === nic.mac),
  );
  const { bandwidthKbps, ...unlimited } = nic;
  return (
    <div className="form-3">
      <SelectField
        label={format('hw.nic.model')}
        value={nic.model}
        options={models.map((model) => ({ value: model, label: model }))}
        onChange={(model) => onChange({ ...nic, model })}
      />
      <div className="row" style={{ alignItems: 'flex-start' }}>
        <div className="grow">
          <TextField
            label={format('hw.nic.mac')}
            className="input mono"
            value={nic.mac}
            onChange={(mac) => onChange({ ...nic, mac: mac.trim().toLowerCase() })}
            problem={isMacBad ? format('hw.nic.macBad') : undefined}
            warning={twin ? format('adapter.macTwice', { name: twin.definition.name }) : undefined}
          />
        </div>
        <IconButton
          label={format('hw.nic.newMac')}
          className="ad-new-mac"
          onClick={() => onChange({ ...nic, mac: randomMac(Math.random) })}
        >
          <Shuffle size={16} />
        </IconButton>
      </div>
      <NumberField
        label={format('adapter.limit')}
        aside={bandwidthKbps === undefined ? format('adapter.unlimited') : undefined}
        value={bandwidthKbps ?? NaN}
        min={leastLimit}
        unit="kbit/s"
        problem={isLimitBad(nic) ? format('adapter.limitBad') : undefined}
        onChange={(limit) =>
          onChange(Number.isNaN(limit) ? unlimited : { ...nic, bandwidthKbps: limit })
        }
      />
    </div>
  );
};
