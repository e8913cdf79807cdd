// qemu.img: the tool that makes and grows disk images.
import { AppFailure } from '../../../shared/contract/errors.ts';
import { text } from '../../../shared/model/text.ts';
import { couldNotLook, remediesOf, type Probe } from './probe.ts';

export const qemuImg: Probe = {
  id: 'qemu.img',
  category: 'qemu',
  title: 'host.check.qemuImg',
  tested: 'qemu-img --version',
  affects: 'none',
  startsProgram: true,
  run: async (host) => {
    try {
      const { exec, env, signal } = host;
      const options = { timeoutMs: 10_000, env, signal };
      const { stdout } = await exec('qemu-img', ['--version'], options);
      const version = /version (\S+)/.exec(stdout)?.[1] ?? '?';
      const sentence = text('host.sentence.qemuImgYes', { version });
      return { verdict: 'good', sentence, raw: stdout.trim(), remedies: [] };
    } catch (error) {
      if (error instanceof AppFailure && error.error.code === 'process/not-found') {
        return {
          verdict: 'blocked',
          sentence: text('host.sentence.qemuImgNo'),
          raw: `PATH=${host.env['PATH'] ?? ''}`,
          remedies: remediesOf(host, 'installQemuImg'),
        };
      }
      return couldNotLook('qemu-img', error instanceof Error ? error.message : String(error));
    }
  },
};
