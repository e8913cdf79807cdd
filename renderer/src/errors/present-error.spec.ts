import { describe, expect, it } from 'vitest';
import { errorParams, type AppErrorCode } from '../../../shared/contract/errors.ts';
import { catalogEn } from '../../../shared/i18n/catalog.en.ts';
import { errorReport, presentError } from './present-error.ts';

const codes = Object.keys(errorParams) as AppErrorCode[];

const sampleParams = (code: AppErrorCode): Record<string, string | number> => {
  const shape: Record<string, { safeParse: (v: unknown) => { success: boolean } }> =
    errorParams[code].shape;
  return Object.fromEntries(
    Object.entries(shape).map(([key, schema]) => [
      key,
      schema.safeParse(1).success ? 41_000_000_000 : `<${key}>`,
    ]),
  );
};

describe('presentError', () => {
  it.each(codes)('%s has a title, a body and no open placeholder', (code) => {
    const shown = presentError({ code, params: sampleParams(code), tried: [] }, true);
    expect(shown.title).not.toBe('');
    expect(shown.body).not.toBe('');
    expect(`${shown.title}${shown.body}`).not.toMatch(/\{[a-zA-Z]/);
    expect(shown.actions.length).toBeLessThanOrEqual(3);
    for (const action of shown.actions) expect(catalogEn).toHaveProperty([`err.do.${action}`]);
  });

  it('offers nothing that needs a machine where none is known', () => {
    const error = { code: 'vm/crashed', params: { name: 'a', exit: '1', log: '' }, tried: [] };
    expect(presentError(error as never, false).actions).toEqual([]);
  });

  it('says states and actions in words', () => {
    const error = {
      code: 'vm/wrong-state' as const,
      params: { name: 'build', state: 'saved', action: 'powerOff' },
      tried: [],
    };
    expect(presentError(error, true).body).toBe(
      'build is saved; power off is not possible in this state.',
    );
  });

  it('says that a crash left no lines', () => {
    const error = { code: 'vm/crashed', params: { name: 'a', exit: '1', log: '' }, tried: [] };
    expect(presentError(error as never, true).body).toContain('Last lines: none.');
  });

  it('survives a code it does not know', () => {
    const shown = presentError({ code: 'new/code' as never, params: {}, tried: [] }, false);
    expect(shown.body).toContain('new/code');
  });

  it('puts command, exit and output into the report', () => {
    const report = errorReport({
      code: 'process/failed',
      params: { command: 'qemu-img', exit: '1', stderr: 'no' },
      tried: ['create disk'],
      command: { argv: ['qemu-img', 'create'], exit: '1', stderrTail: 'no room' },
    });
    expect(report).toContain('["qemu-img","create"]');
    expect(report).toContain('no room');
    expect(report).toContain('tried: create disk');
  });
});
