// vb.version: is VirtualBox installed, and which.
import { text } from '../../../shared/model/text.ts';
import { ownDriver } from './own-driver.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

/** Oracle's development builds have such patch numbers: 7.2.97. */
const isDevelopment = (version: string): boolean => Number(version.split('.')[2] ?? 0) >= 90;

export const vbVersion: Probe = {
  id: 'vb.version',
  category: 'virtualbox',
  title: 'host.check.vbVersion',
  tested: 'VBoxManage --version',
  affects: 'ownDriver',
  after: 'ownDriver',
  isApplicable: (host) => ownDriver(host) !== undefined,
  run: async (host) => {
    const probe = ownDriver(host)?.probe;
    switch (probe?.kind) {
      case undefined:
      case 'pending':
        return couldNotLook('VirtualBox', 'not asked yet');
      case 'missing': {
        const raw = `looked in:\n${probe.lookedIn.join('\n')}`;
        const remedies = remediesOf(host, 'installVirtualBox');
        return answer('info', text('host.sentence.vbNo'), raw, remedies);
      }
      case 'broken': {
        const { command, exitCode, stderrTail } = probe;
        const raw = `${command.join(' ')}: exit ${exitCode ?? 'by signal'}\n${stderrTail}`;
        const remedies = remediesOf(host, 'updateVirtualBox');
        return answer('blocked', text('host.sentence.vbBroken'), raw, remedies);
      }
      case 'found': {
        const { version, paths } = probe;
        const key = isDevelopment(version) ? 'host.sentence.vbDevelopment' : 'host.sentence.vbYes';
        const raw = Object.entries(paths).map(([name, path]) => `${name}: ${path}`);
        return answer('good', text(key, { version }), [version, ...raw].join('\n'));
      }
    }
  },
};
