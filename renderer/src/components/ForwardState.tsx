// The state of a port forward in words, a port instead of one that is taken, and a test of it.
import { useState } from 'react';
import { format } from '../../../shared/i18n/format.ts';
import { useActions } from '../actions/actions.ts';
import type { ForwardState } from '../model/forward-state.ts';
import type { Listener } from '../model/forwards.ts';
import { Button } from './Button.tsx';
import { VerdictMark } from './marks.tsx';

const StateWords = ({ state }: { readonly state: ForwardState }) => {
  switch (state.kind) {
    case 'open':
      return (
        <span className="st tone-run">
          <VerdictMark shape="yes" size={14} />
          {format(state.isOutside ? 'forward.openOutside' : 'forward.open')}
        </span>
      );
    case 'waits':
      return (
        <span className="st tone-off">
          <VerdictMark shape="info" size={14} />
          {format('forward.waits')}
        </span>
      );
    case 'shared':
      return (
        <span className="st tone-warn">
          <VerdictMark shape="limited" size={14} />
          {format('forward.shared', { by: state.by })}
        </span>
      );
    case 'taken':
      return (
        <span className="st tone-err">
          <VerdictMark shape="no" size={14} />
          {format('forward.taken', { by: state.by })}
        </span>
      );
  }
};

/** Whether something answers behind it, asked by a connection. */
const ForwardTest = ({ row }: { readonly row: Listener }) => {
  const actions = useActions();
  const [said, setSaid] = useState<string>();
  const test = async (): Promise<void> => {
    setSaid(format('forward.testing'));
    const { hostAddress, hostPort } = row;
    const answer = await actions.attempt(
      actions.client.network.testForward({ hostAddress, hostPort }),
    );
    setSaid(answer && format(`forward.test.${answer.outcome}`));
  };
  return (
    <>
      <Button look="link" size="small" onClick={() => void test()}>
        {format('forward.test')}
      </Button>
      <span className="xs t2" role="status">
        {said}
      </span>
    </>
  );
};

/** What is true of it now, and what can be done about it. */
export const ForwardNow = ({
  row,
  state,
  instead,
  onPort,
}: {
  readonly row: Listener;
  readonly state: ForwardState;
  readonly instead: number | undefined;
  readonly onPort: (hostPort: number) => void;
}) => (
  <span className="row wrap">
    <StateWords state={state} />
    {instead !== undefined && (
      <Button look="link" size="small" onClick={() => onPort(instead)}>
        {format('networks.usePort', { port: instead })}
      </Button>
    )}
    {state.kind === 'open' && row.protocol === 'tcp' && <ForwardTest row={row} />}
  </span>
);
