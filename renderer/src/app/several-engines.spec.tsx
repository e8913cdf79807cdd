// What the window asks and tells about engines: password, consent, switching.
import { describe, expect, it } from 'vitest';
import { toEpochMs } from '../../../shared/model/brand.ts';
import type { Decision } from '../../../shared/model/compat.ts';
import type { SwitchPreview } from '../../../shared/model/compat-table.ts';
import { text } from '../../../shared/model/text.ts';
import type { Vm } from '../../../shared/model/vm.ts';
import type { AppState } from '../../../shared/state/app-state.ts';
import { useActions } from '../actions/actions.ts';
import { Button } from '../components/Button.tsx';
import { useAppStore } from '../state/app-store.ts';
import { openDialog } from '../state/ui-store.ts';
import { act } from 'react';
import { button, click, fill, inputOf, stateOf } from '../testing/world.tsx';
import { dialog, onePage } from '../testing/one-page.tsx';
import { fast, id, soft, vmWith, withCapabilities } from '../testing/two-engines.tsx';
import { Dialogs } from './Dialogs.tsx';

const { open, callsOf, root } = onePage();
const show = async (what: Parameters<typeof openDialog>[0]): Promise<HTMLElement> => {
  await act(async () => openDialog(what));
  return dialog();
};

const StartButton = () => {
  const actions = useActions();
  return <Button onClick={() => actions.start(id)}>Start it</Button>;
};
const failedStart = (error: unknown): AppState => ({
  ...stateOf(vmWith('off')),
  jobs: {
    j: {
      id: 'j',
      kind: 'start',
      title: text('job.start', { name: 'build' }),
      vm: id,
      phase: 'failed',
      fraction: null,
      isCancellable: false,
      startedAt: toEpochMs(0),
      error,
    },
  } as never,
});

describe('an encrypted machine', () => {
  const needed = { code: 'vm/password-needed', params: { name: 'build' }, tried: [] };
  const refuse = (): never => {
    throw Object.assign(new Error('wrong'), {
      code: 'vm/password-wrong',
      params: { name: 'build' },
      tried: [],
    });
  };
  const start = async (unlock: (args: never) => unknown) => {
    await open(
      <>
        <StartButton />
        <Dialogs />
      </>,
      failedStart(needed),
      { 'vm.start': () => ({ job: 'j' }), 'vm.unlock': unlock },
    );
    await click(button(root(), 'Start it'));
    return dialog();
  };

  it('asks for its password at start, hands it over and starts again', async () => {
    const box = await start(() => undefined);
    expect(box.textContent).toContain('build is encrypted');
    const input = inputOf(box, 'Password');
    expect(input?.type).toBe('password');
    await fill(input, 'correct horse');
    // The answer of the second start must not ask again.
    await act(async () => useAppStore.setState({ state: stateOf(vmWith('running')) }));
    await click(button(box, 'Unlock and start'));
    expect(callsOf('vm.unlock')).toEqual([{ id, password: 'correct horse' }]);
    expect(callsOf('vm.start')).toHaveLength(2);
    expect(document.querySelector('.dlg')).toBeNull();
  });

  it('says in the dialog that a password is wrong and lets one try again', async () => {
    const box = await start(refuse);
    await fill(inputOf(box, 'Password'), 'guess');
    await click(button(box, 'Unlock and start'));
    expect(box.querySelector('[role="alert"]')?.textContent).toContain('The password is wrong');
    expect(callsOf('vm.start')).toHaveLength(1);
    expect(button(box, 'Unlock and start')?.disabled).toBe(false);
  });

  it('keeps the password out of the window’s state', async () => {
    const box = await start(refuse);
    await fill(inputOf(box, 'Password'), 'guess-4711');
    await click(button(box, 'Unlock and start'));
    const { useUi } = await import('../state/ui-store.ts');
    const held = JSON.stringify([useUi.getState(), useAppStore.getState()]);
    expect(held).not.toContain('guess-4711');
  });

  it('wants a password before it asks anybody', async () => {
    const box = await start(() => undefined);
    await click(button(box, 'Unlock and start'));
    expect(box.textContent).toContain('Type the password.');
    expect(callsOf('vm.unlock')).toEqual([]);
  });
});

describe('consent at start', () => {
  const decision: Decision = {
    outcome: {
      kind: 'ask',
      backend: soft,
      question: text('decision.question.useAnyway', { engine: 'Fake' }),
    },
    because: text('decision.because.neverAutomatic', { engine: 'Fake' }),
    lost: [],
    candidates: [
      {
        kind: 'candidate',
        backend: soft,
        standing: 'needsConsent',
        score: 1,
        reasons: [],
        lost: [text('decision.lost.speed')],
      },
      {
        kind: 'candidate',
        backend: fast,
        standing: 'refused',
        score: 0,
        reasons: [text('decision.because.kvmAbsent')],
        lost: [],
      },
    ],
    suggestions: [],
    confidence: 'documented',
  };
  const error = {
    code: 'engine/needs-consent',
    params: { name: 'build', engine: 'Fake in software', reason: 'Start on it anyway?' },
    tried: [],
  };

  it('names the loss and why nothing faster is left, and starts with the word given', async () => {
    await open(
      <>
        <StartButton />
        <Dialogs />
      </>,
      withCapabilities(failedStart(error), {}),
      { 'vm.start': () => ({ job: 'j' }), 'vm.decide': () => decision },
    );
    await click(button(root(), 'Start it'));
    const box = await dialog();
    expect(box.textContent).toContain('Start build on Fake in software?');
    expect(box.textContent).toContain('many times slower');
    expect(box.textContent).toContain('this computer offers no KVM');
    await act(async () => useAppStore.setState({ state: stateOf(vmWith('off')) }));
    await click(button(box, 'Start'));
    expect(callsOf('vm.start')).toEqual([{ id }, { id, hasConsent: true }]);
  });

  it('starts on the engine the question names, whichever failed before', async () => {
    const named = { ...error, params: { ...error.params, engineId: soft.engine } };
    await open(
      <>
        <StartButton />
        <Dialogs />
      </>,
      withCapabilities(failedStart(named), {}),
      { 'vm.start': () => ({ job: 'j' }), 'vm.decide': () => decision },
    );
    await click(button(root(), 'Start it'));
    const box = await dialog();
    await act(async () => useAppStore.setState({ state: stateOf(vmWith('off')) }));
    await click(button(box, 'Start'));
    expect(callsOf('vm.start')).toEqual([{ id }, { id, engine: soft.engine, hasConsent: true }]);
  });
});

describe('switching the engine', () => {
  const preview = (more: Partial<SwitchPreview>): SwitchPreview => ({
    from: soft,
    to: fast,
    verdict: 'possible',
    reasons: [],
    changes: [],
    lost: [],
    savedState: 'none',
    ...more,
  });
  const ask = async (more: Partial<SwitchPreview>, power: Vm['power'] = 'off') => {
    await open(<Dialogs />, withCapabilities(stateOf(vmWith(power)), {}), {
      'vm.previewSwitch': () => preview(more),
      'vm.start': () => ({ job: 'j' }),
    });
    return show({ kind: 'switch', vm: id, engine: fast.engine });
  };

  it('shows what is lost and writes nothing lasting unless told so', async () => {
    const box = await ask({
      lost: [text('decision.lost.speed')],
      lastingWarning: text('host.sentence.kvmDevYes'),
    });
    expect(box.textContent).toContain('Switch build to Fake?');
    expect(box.textContent).toContain('many times slower');
    const lasting = box.querySelector('[role="checkbox"]');
    expect(lasting?.getAttribute('aria-checked')).toBe('false');
    await click(button(box, 'Switch'));
    expect(callsOf('vm.switchEngine')).toEqual([
      { id, engine: fast.engine, isLasting: false, discardSaved: false },
    ]);
  });

  it('writes it into the machine too when that was ticked', async () => {
    const box = await ask({ lastingWarning: text('host.sentence.kvmDevYes') });
    await click(box.querySelector('[role="checkbox"]'));
    await click(button(box, 'Switch'));
    expect(callsOf('vm.switchEngine')).toMatchObject([{ isLasting: true }]);
  });

  it('offers no lasting switch where the hypervisor has none', async () => {
    const box = await ask({});
    expect(box.querySelector('[role="checkbox"]')).toBeNull();
  });

  it('saved memory blocks until it is given up knowingly', async () => {
    const box = await ask({ savedState: 'blocks' }, 'saved');
    expect(button(box, 'Switch')?.disabled).toBe(true);
    expect(button(box, 'Start on it this time')).toBeUndefined();
    await click(box.querySelector('[role="checkbox"]'));
    await click(button(box, 'Switch'));
    expect(callsOf('vm.switchEngine')).toMatchObject([{ discardSaved: true }]);
  });

  it('or the machine goes on where it was saved', async () => {
    const box = await ask({ savedState: 'blocks' }, 'saved');
    await click(button(box, 'Continue there'));
    expect(callsOf('vm.start')).toEqual([{ id }]);
    expect(callsOf('vm.switchEngine')).toEqual([]);
  });

  it('a refusal says why and offers nothing that cannot work', async () => {
    const box = await ask({ verdict: 'refused', reasons: [text('decision.because.kvmAbsent')] });
    expect(box.textContent).toContain('This computer offers no KVM.');
    expect(button(box, 'Switch')).toBeUndefined();
    expect(button(box, 'Start on it this time')).toBeUndefined();
  });

  it('once is enough: starts on it this time', async () => {
    const box = await ask({});
    await click(button(box, 'Start on it this time'));
    expect(callsOf('vm.start')).toEqual([{ id, engine: fast.engine, hasConsent: true }]);
  });

  it('goes back to automatic, and out of the machine only when told so', async () => {
    await open(<Dialogs />, withCapabilities(stateOf(vmWith('off')), { canWriteEngine: true }));
    const box = await show({ kind: 'automatic', vm: id });
    await click(box.querySelector('[role="checkbox"]'));
    await click(button(box, 'Back to automatic'));
    expect(callsOf('vm.switchEngine')).toEqual([
      { id, engine: null, isLasting: true, discardSaved: false },
    ]);
  });
});
