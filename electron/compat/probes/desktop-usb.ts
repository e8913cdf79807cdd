// desktop.usb: may this user hand a USB device of the computer to a guest?
import { text } from '../../../shared/model/text.ts';
import { lookAtFolder, rawOf } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe, type ProbeHost } from './probe.ts';

const folder = '/dev/bus/usb';

const devices = async (host: ProbeHost): Promise<readonly string[]> => {
  const buses = await lookAtFolder(host, folder);
  if (buses.kind !== 'read') return [];
  const lists = await Promise.all(
    buses.text
      .split('\n')
      .filter((bus) => bus !== '')
      .map(async (bus) => {
        const look = await lookAtFolder(host, `${folder}/${bus}`);
        const names =
          look.kind === 'read' ? look.text.split('\n').filter((name) => name !== '') : [];
        return names.map((name) => `${folder}/${bus}/${name}`);
      }),
  );
  return lists.flat();
};

export const desktopUsb: Probe = {
  id: 'desktop.usb',
  category: 'desktop',
  title: 'host.check.usb',
  tested: `${folder}/*/*`,
  affects: 'none',
  isApplicable: async (host) => (await lookAtFolder(host, folder)).kind !== 'absent',
  run: async (host) => {
    const look = await lookAtFolder(host, folder);
    if (look.kind !== 'read') return couldNotLook(folder, rawOf(folder, look));
    const all = await devices(host);
    const open = await Promise.all(all.map((path) => host.mayUse(path)));
    const count = open.filter(Boolean).length;
    const raw =
      all.map((path, i) => `${path}: ${open[i] ? 'open' : 'closed'} to this user`).join('\n') ||
      'no devices';
    if (all.length === 0) return answer('info', text('host.sentence.usbNone'), raw);
    const params = { count, all: all.length };
    return count === all.length
      ? answer('good', text('host.sentence.usbYes', params), raw)
      : answer('info', text('host.sentence.usbSome', params), raw, remediesOf(host, 'usbRule'));
  },
};
