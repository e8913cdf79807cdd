// kvm.perm: may this user open the device?
import { text } from '../../../shared/model/text.ts';
import { groupOf } from './groups.ts';
import { couldNotLook, remediesOf, type Probe } from './probe.ts';

export const kvmPerm: Probe = {
  id: 'kvm.perm',
  category: 'kvm',
  title: 'host.check.kvmPerm',
  tested: 'open /dev/kvm for reading and writing',
  affects: 'kvm',
  run: async (host) => {
    const look = await host.lookAtKvmDevice();
    switch (look.kind) {
      case 'opened':
        return {
          verdict: 'good',
          sentence: text('host.sentence.kvmPermYes'),
          raw: `opened; mode ${look.mode}, owner ${look.uid}:${look.gid}`,
          remedies: [],
        };
      case 'denied': {
        const raw = `${look.detail}; mode ${look.mode}, owner ${look.uid}:${look.gid}`;
        const { standing } = await groupOf(host, 'kvm');
        return standing === 'afterLogin'
          ? {
              verdict: 'blocked',
              sentence: text('host.sentence.kvmPermLater'),
              raw,
              remedies: remediesOf(host, 'loginAgain', 'grantKvmOnce'),
            }
          : {
              verdict: 'blocked',
              sentence: text('host.sentence.kvmPermNo'),
              raw,
              remedies: remediesOf(host, 'joinKvmGroup', 'grantKvmOnce'),
            };
      }
      case 'busy':
        return {
          verdict: 'warn',
          sentence: text('host.sentence.kvmDevBusy'),
          raw: look.detail,
          remedies: remediesOf(host, 'stopOtherHypervisor'),
        };
      case 'absent':
        // Nothing to be allowed to: kvm.dev says so.
        return {
          verdict: 'info',
          sentence: text('host.sentence.kvmPermNothing'),
          raw: look.detail,
          remedies: [],
        };
      case 'failed':
        return couldNotLook('/dev/kvm', look.detail);
    }
  },
};
