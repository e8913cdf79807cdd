// Packets of one adapter into a pcap file, started and stopped while the machine runs.
import { CircleStop, Radio } from 'lucide-react';
import { format } from '../../../../../shared/i18n/format.ts';
import type { Nic } from '../../../../../shared/model/network.ts';
import { useActions } from '../../../actions/actions.ts';
import { Button } from '../../../components/Button.tsx';
import { fileName, showMoment } from '../../../components/units.ts';
import { useAppStore } from '../../../state/app-store.ts';
import type { SectionProps } from './section-props.ts';

export const CaptureButton = ({
  vm,
  nic,
}: {
  readonly vm: SectionProps['vm'];
  readonly nic: Nic;
}) => {
  const actions = useActions();
  const { id, name } = vm.definition;
  const capture = useAppStore((s) => s.state.captures[`${id}/${nic.id}`]);
  const start = async (): Promise<void> => {
    const chosen = await actions.attempt(
      actions.client.dialog.saveFile({
        purpose: 'capture',
        suggestedName: `${name.replace(/[^\w.-]+/g, '-')}-${nic.id}.pcap`,
      }),
    );
    if (!chosen || chosen.path === null) return;
    const { path } = chosen;
    await actions.attempt(actions.client.network.startCapture({ id, nic: nic.id, path }), id);
  };
  if (!capture)
    return (
      <Button size="small" look="flat" icon={<Radio size={14} />} onClick={() => void start()}>
        {format('capture.start')}
      </Button>
    );
  return (
    <>
      <span className="chip tone-err cut" title={capture.path}>
        {format('capture.running', {
          file: fileName(capture.path),
          time: showMoment(capture.since),
        })}
      </span>
      <Button
        size="small"
        icon={<CircleStop size={14} />}
        onClick={() =>
          void actions.attempt(actions.client.network.stopCapture({ id, nic: nic.id }), id)
        }
      >
        {format('capture.stop')}
      </Button>
    </>
  );
};
