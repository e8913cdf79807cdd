// vb.users: VirtualBox shows the computer's USB devices only to members of the group vboxusers.
import { text } from '../../../shared/model/text.ts';
import { groupOf } from './groups.ts';
import { isOwnDriverFound } from './own-driver.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

const group = 'vboxusers';

export const vbUsers: Probe = {
  id: 'vb.users',
  category: 'virtualbox',
  title: 'host.check.vbUsers',
  tested: `id -nG, grep ${group} /etc/group`,
  affects: 'none',
  after: 'ownDriver',
  isApplicable: isOwnDriverFound,
  run: async (host) => {
    const { standing, raw } = await groupOf(host, group);
    switch (standing) {
      case 'unreadable':
        return couldNotLook('/etc/group', raw);
      case 'member':
        return answer('good', text('host.sentence.vbUsersYes'), raw);
      case 'afterLogin':
        return answer(
          'warn',
          text('host.sentence.vbUsersLater'),
          raw,
          remediesOf(host, 'loginAgain'),
        );
      case 'stranger':
      case 'noSuchGroup':
        return answer(
          'warn',
          text('host.sentence.vbUsersNo'),
          raw,
          remediesOf(host, 'joinVboxusers'),
        );
    }
  },
};
