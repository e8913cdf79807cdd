// Interfaces of the host that a machine is attached to, and whether they are there.
import { expect, it } from 'vitest';
import { loadFixture } from './__fixtures__/load.ts';
import { missingInterface, parseInterfaces, wantedInterfaces } from './host-interfaces.ts';
import type { VBoxManage } from './vboxmanage.ts';

const pairs = (...text: readonly string[]) => ({
  pairs: text.map((line) => {
    const [key = '', value = ''] = line.split('=');
    return { key, value };
  }),
});
const manage: VBoxManage = {
  read: ([, list]) =>
    Promise.resolve(list === 'bridgedifs' ? loadFixture('list-bridgedifs.txt').text : ''),
  change: () => Promise.reject(new Error('nothing to change')),
};

it('reads the names of interfaces, and which a machine is attached to', () => {
  expect(parseInterfaces(loadFixture('list-bridgedifs.txt').text)).toEqual(['eth0', 'ifb0']);
  const info = pairs(
    'nic1=nat',
    'nic2=bridged',
    'bridgeadapter2=eth0',
    'nic3=none',
    'nic4=hostonly',
  );
  // An adapter whose interface was never chosen names none.
  expect(wantedInterfaces(info)).toEqual([{ list: 'bridgedifs', name: 'eth0' }]);
});

it('finds nothing wrong with interfaces that are there, and names the one that is not', async () => {
  expect(
    await missingInterface(manage, pairs('nic1=bridged', 'bridgeadapter1=eth0')),
  ).toBeUndefined();
  const gone = pairs(
    'nic1=bridged',
    'bridgeadapter1=eth0',
    'nic2=hostonly',
    'hostonlyadapter2=vboxnet0',
  );
  expect(await missingInterface(manage, gone)).toMatchObject({
    sentence: { key: 'virtualbox.start.interfaceMissing', params: { network: 'vboxnet0' } },
    isAboutEngine: false,
  });
});
