// kvm.flatpak: are we in a sandbox (Flatpak, Snap) that keeps KVM from us?
import { text } from '../../../shared/model/text.ts';
import { isThere, lookAtFile, rawOf } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

const path = '/.flatpak-info';

export const kvmSandbox: Probe = {
  id: 'kvm.flatpak',
  category: 'kvm',
  title: 'host.check.kvmSandbox',
  tested: `${path}, $SNAP`,
  affects: 'kvm',
  isApplicable: async (host) => host.env['SNAP'] !== undefined || (await isThere(host, path)),
  run: async (host) => {
    const look = await lookAtFile(host, path);
    if (look.kind === 'failed') return couldNotLook(path, rawOf(path, look));
    if (look.kind === 'read') {
      // `[Context]` with `devices=dri;kvm;` or `devices=all;`.
      const devices = /^devices=(.*)$/m.exec(look.text)?.[1]?.split(';') ?? [];
      const raw = `${path}: devices=${devices.join(';')}`;
      return devices.includes('kvm') || devices.includes('all')
        ? answer('good', text('host.sentence.sandboxOpen'), raw)
        : answer(
            'blocked',
            text('host.sentence.sandboxClosed'),
            raw,
            remediesOf(host, 'flatpakKvm'),
          );
    }
    // Snap tells only by letting us open the device or not.
    const device = await host.lookAtKvmDevice();
    const raw = `SNAP=${host.env['SNAP']}, /dev/kvm ${device.kind}`;
    return device.kind === 'denied'
      ? answer('blocked', text('host.sentence.sandboxClosed'), raw, remediesOf(host, 'snapKvm'))
      : answer('good', text('host.sentence.sandboxOpen'), raw);
  },
};
