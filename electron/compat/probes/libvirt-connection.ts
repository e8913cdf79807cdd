// lv.conn: may this user talk to the system's libvirt?
import { text } from '../../../shared/model/text.ts';
import { hasLibvirt } from './libvirt.ts';
import { lookForPath } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

const sockets = ['/run/libvirt/libvirt-sock', '/run/libvirt/virtqemud-sock'];

export const libvirtConnection: Probe = {
  id: 'lv.conn',
  category: 'qemu',
  title: 'host.check.libvirt',
  tested: sockets.join(', '),
  affects: 'none',
  isApplicable: hasLibvirt,
  run: async (host) => {
    const looks = await Promise.all(
      sockets.map(async (path) => ({
        path,
        found: await lookForPath(host, path),
        isOpen: await host.mayUse(path),
      })),
    );
    const raw = looks
      .map(({ path, found, isOpen }) => {
        if (typeof found === 'object') return `${path}: ${found.reason}`;
        return `${path}: ${!found ? 'not there' : isOpen ? 'open to this user' : 'closed to this user'}`;
      })
      .join('\n');
    if (looks.some(({ isOpen }) => isOpen)) {
      return answer('good', text('host.sentence.libvirtYes'), raw);
    }
    if (looks.some(({ found }) => found === true)) {
      return answer(
        'info',
        text('host.sentence.libvirtClosed'),
        raw,
        remediesOf(host, 'joinLibvirt'),
      );
    }
    if (looks.some(({ found }) => typeof found === 'object'))
      return couldNotLook(sockets[0] ?? '', raw);
    return answer('info', text('host.sentence.libvirtOff'), raw, remediesOf(host, 'startLibvirt'));
  },
};
