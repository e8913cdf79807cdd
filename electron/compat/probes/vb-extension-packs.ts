// vb.extpack: extension packs, read from their folders: asking VBoxManage would start VirtualBox's service.
import { text } from '../../../shared/model/text.ts';
import { compareVersions, parseVersion } from '../table/vboxdrv-on-kernel.ts';
import { foundOwnDriver, isOwnDriverFound } from './own-driver.ts';
import { lookAtFile, lookAtFolder, rawOf } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe, type ProbeHost } from './probe.ts';

interface Pack {
  readonly name: string;
  readonly version: string;
}

/** `<Name>Oracle VirtualBox Extension Pack</Name>` and `<Version revision="1">7.2.6</Version>`. */
const readPack = async (host: ProbeHost, path: string): Promise<Pack | undefined> => {
  const look = await lookAtFile(host, path);
  if (look.kind !== 'read') return undefined;
  const name = /<Name>([^<]+)<\/Name>/.exec(look.text)?.[1];
  const version = /<Version[^>]*>([^<]+)<\/Version>/.exec(look.text)?.[1];
  return name === undefined || version === undefined ? undefined : { name, version };
};

export const vbExtensionPacks: Probe = {
  id: 'vb.extpack',
  category: 'virtualbox',
  title: 'host.check.vbPacks',
  tested: 'ExtensionPacks/*/ExtPack.xml beside VBoxManage',
  affects: 'none',
  after: 'ownDriver',
  isApplicable: isOwnDriverFound,
  run: async (host) => {
    const driver = foundOwnDriver(host);
    const folder = `${driver?.probe.paths['library'] ?? '/usr/lib/virtualbox'}/ExtensionPacks`;
    const look = await lookAtFolder(host, folder);
    if (look.kind === 'failed') return couldNotLook(folder, rawOf(folder, look));
    const folders = look.kind === 'read' ? look.text.split('\n').filter((name) => name !== '') : [];
    const packs = (
      await Promise.all(folders.map((name) => readPack(host, `${folder}/${name}/ExtPack.xml`)))
    ).flatMap((pack) => pack ?? []);
    const raw = [folder, ...packs.map(({ name, version }) => `${name} ${version}`)].join('\n');
    const program = parseVersion(driver?.probe.version ?? '').slice(0, 3);
    const old = packs.find(
      ({ version }) => compareVersions(parseVersion(version).slice(0, 3), program) !== 0,
    );
    const names = packs.map(({ name }) => name).join(', ');
    if (packs.length === 0) {
      return answer('info', text('host.sentence.vbPacksNo'), raw, remediesOf(host, 'installPack'));
    }
    if (old) {
      const sentence = text('host.sentence.vbPacksOld', { name: old.name, version: old.version });
      return answer('warn', sentence, raw, remediesOf(host, 'updatePack'));
    }
    return answer('good', text('host.sentence.vbPacksYes', { names }), raw);
  },
};
