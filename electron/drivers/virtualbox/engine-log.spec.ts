// VBox.log and start errors, on recorded logs of this VirtualBox and on logs put together from its source.
import { describe, expect, it } from 'vitest';
import { catalogEn } from '../../../shared/i18n/catalog.en.ts';
import { loadFixture } from './__fixtures__/load.ts';
import { readEngineLog } from './engine-log.ts';
import { judgeStart, judgeStderr } from './start-errors.ts';

const read = (name: string): string => loadFixture(name).text;
const reading = (name: string): ReturnType<typeof readEngineLog> => readEngineLog(read(name));

describe('the engine a run used', () => {
  it('software, by extra data and by the engine setting', () => {
    expect(reading('vbox-log-iem.txt')).toMatchObject({
      outcome: 'running',
      witness: { engine: 'software', because: 'Driverless mode' },
      openedAt: Date.parse('2026-11-22T17:54:23.865Z'),
      processId: 420,
    });
    expect(reading('vbox-log-interpreter.txt').witness?.engine).toBe('software');
  });

  it('VirtualBox’s own driver, on both makes of processor', () => {
    expect(reading('vbox-log-vtx.txt').witness).toMatchObject({ engine: 'vboxdrv' });
    expect(reading('vbox-log-amdv.txt').witness).toMatchObject({ engine: 'vboxdrv' });
  });

  it('software where the driver is there, but everything is interpreted', () => {
    const log = read('vbox-log-vtx.txt').replace('fIemExecutesAll=false', 'fIemExecutesAll=true');
    expect(readEngineLog(log).witness?.engine).toBe('software');
  });

  it('KVM, with the reason of the fallback', () => {
    expect(reading('vbox-log-kvm.txt')).toMatchObject({
      outcome: 'running',
      witness: { engine: 'kvm', because: 'Driverless mode' },
    });
    const older = read('vbox-log-kvm.txt').replace(/Turtle.*/, 'Active.');
    expect(readEngineLog(older).witness?.engine).toBe('kvm');
  });

  it('is not taken from what was only attempted, nor from "Enabling NEM mode"', () => {
    expect(reading('vbox-log-default.txt').witness).toBeUndefined();
    expect(reading('vbox-log-nem.txt').witness).toBeUndefined();
    expect(readEngineLog('00:00:01.0 PGM: Enabling NEM mode\n').witness).toBeUndefined();
  });

  it('is not taken from a guest’s words', () => {
    const claim = 'NEM: NEMR3Init: Turtle execution mode is active!';
    const early = read('vbox-log-vtx.txt').replace(
      'EMR3Init',
      `VMMDev: Guest Log: ${claim}\nEMR3Init`,
    );
    expect(readEngineLog(early).witness?.engine).toBe('vboxdrv');
    const late = `${read('vbox-log-vtx.txt')}\n00:01:00.000000 ${claim}\n`;
    expect(readEngineLog(late).witness?.engine).toBe('vboxdrv');
  });

  it('is open while nothing is said', () => {
    expect(readEngineLog('')).toEqual({ outcome: 'open' });
    const whole = read('vbox-log-iem.txt');
    expect(readEngineLog(whole.slice(0, whole.indexOf('Halt method'))).outcome).toBe('open');
  });
});

describe('why a start failed', () => {
  const failed = (name: string): unknown => {
    const { problem } = reading(name);
    return problem && [problem.code, problem.sentence.key, problem.isAboutEngine];
  };
  it.each([
    ['vbox-log-default.txt', 'VERR_SUP_DRIVERLESS', 'virtualbox.start.driverless', true],
    ['vbox-log-nem.txt', 'VERR_NEM_NOT_AVAILABLE', 'virtualbox.start.kvmNotInBuild', true],
    ['vbox-log-kvm-refused.txt', 'VERR_SUP_DRIVERLESS', 'virtualbox.start.kvmNotPermitted', true],
    ['vbox-log-root-mode.txt', 'VERR_VMX_IN_VMX_ROOT_MODE', 'virtualbox.start.inUse', true],
    ['vbox-log-bridged.txt', 'VERR_SUP_DRIVERLESS', 'virtualbox.start.driverlessNetwork', false],
    [
      'vbox-log-nested.txt',
      'VERR_CPUM_INVALID_HWVIRT_CONFIG',
      'virtualbox.start.nestedNeedsDriver',
      false,
    ],
  ])('%s', (name, code, sentence, isAboutEngine) => {
    expect(reading(name).outcome).toBe('failed');
    expect(failed(name)).toEqual([code, sentence, isAboutEngine]);
  });

  it('names the network that needs the driver', () => {
    expect(reading('vbox-log-bridged.txt').problem?.sentence.params).toEqual({ network: 'eth0' });
  });

  it.each([
    ['start-1908.txt', -1908, 'virtualbox.start.driverMissing'],
    ['start-1909.txt', -1909, 'virtualbox.start.driverNotAccessible'],
    ['start-1910.txt', -1910, 'virtualbox.start.driverDead'],
    ['start-1912.txt', -1912, 'virtualbox.start.driverMismatch'],
  ])('%s', (name, number, key) => {
    expect(judgeStderr(read(name))).toMatchObject({
      number,
      sentence: { key },
      isAboutEngine: true,
    });
  });

  it('shows VirtualBox’s own words for what it does not know', () => {
    expect(
      judgeStderr('VBoxHeadless: Error -777 in someThing!\nVBoxHeadless: Strange\n'),
    ).toMatchObject({
      code: 'none',
      number: -777,
      sentence: { key: 'virtualbox.start.unknown', params: { message: 'Strange (-777)' } },
      isAboutEngine: false,
    });
    expect(judgeStderr('Segmentation fault')).toBeUndefined();
    expect(judgeStart('VERR_FILE_NOT_FOUND', '').sentence.params).toEqual({
      message: 'VERR_FILE_NOT_FOUND',
    });
  });

  it('reads KVM’s own reasons', () => {
    const keyOf = (message: string): string =>
      judgeStart('VERR_NOT_SUPPORTED', message).sentence.key;
    expect(keyOf('KVM is not available (/dev/kvm does not exist)')).toBe(
      'virtualbox.start.kvmMissing',
    );
    expect(keyOf('KVM_CREATE_VM failed: 16')).toBe('virtualbox.start.kvmFailed');
    const lacks = judgeStart(
      'VERR_NEM_MISSING_FEATURE',
      "Required capability 'KVM_CAP_XCRS' is missing!",
    );
    expect(lacks).toMatchObject({
      number: -6817,
      sentence: { key: 'virtualbox.start.kvmLacks', params: { feature: 'KVM_CAP_XCRS' } },
    });
    expect(catalogEn['virtualbox.start.kvmLacks']).toContain('{feature}');
  });
});
