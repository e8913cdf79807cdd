// The state of a port forward in words, and a test of it.
import { useState } from 'react';
import { format } from '../../../shared/i18n/format.ts';
import { useActions } from '../actions/actions.ts';
import type { ForwardState } from '../model/forward-state.ts';
import type { Listener } from '../model/forwards.ts';
import { Button } from './Button.tsx';
import { VerdictMark } from './marks.tsx';

export const ForwardStateWords = ({ state }: { readonly state: ForwardState }) => {
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
export const ForwardTest = ({ row }: { readonly row: Listener }) => {
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
