// What VirtualBox says about media and snapshots, with the names people give: VBoxManage escapes nothing in them.
// Texts: as `list hdds --long`, `snapshot list --machinereadable` and settings files of VirtualBox 7.2.22 were seen here,
// shortened to what is read and with odder names.
import { describe, expect, it } from 'vitest';
import { toVmId } from '../../../../shared/model/brand.ts';
import { disksOf, parseDiskList } from './media-list.ts';
import { inOurWords } from './refusals.ts';
import { parseSnapshotList, parseSnapshotXml } from './snapshots.ts';
import { failure } from '../../../../shared/contract/errors.ts';
import { readLayout } from './layout.ts';
import { parseVmInfo } from '../parse-vminfo.ts';
import { loadFixture } from '../__fixtures__/load.ts';

const vmA = toVmId('11111111-1111-4111-8111-111111111111');
const vmB = toVmId('22222222-2222-4222-8222-222222222222');

const disks = `UUID:           53ff72f6-e4cd-4ebd-8f22-a607d7de12a7
Parent UUID:    base
State:          created
Type:           normal (base)
Location:       /d/shared "1".vdi
Storage format: VDI
Encryption:     enabled
Cipher:         AES-XTS256-PLAIN64
Password ID:    disk id
Property:       AllocationBlockSize=1048576
                CRYPT/KeyStore=U0NORQABQUVTLVhUUzI1Ni1QTEFJTjY0AAAAAAAAAAAAAAAAAABQQktERjItU0hB
MjU2AAAA
In use by VMs:  a: (b) (UUID: 11111111-1111-4111-8111-111111111111) [one (UUID: e7a1d26c-6faf-4677-b00c-867d9b0e2615)]
                b (UUID: 22222222-2222-4222-8222-222222222222)
Child UUIDs:    8c215167-e0e9-44c9-a40d-efdfec8c2717

UUID:           8c215167-e0e9-44c9-a40d-efdfec8c2717
Parent UUID:    53ff72f6-e4cd-4ebd-8f22-a607d7de12a7
State:          created
Type:           normal (differencing)
Auto-Reset:     off
Location:       /m/a/Snapshots/{8c215167-e0e9-44c9-a40d-efdfec8c2717}.vdi
Storage format: VDI
Encryption:     disabled
In use by VMs:  b (UUID: 22222222-2222-4222-8222-222222222222)

UUID:           d807f675-a756-4845-b61a-20c948939127
Parent UUID:    base
State:          inaccessible
Location:       /d/gone.vmdk
Storage format: VMDK
Encryption:     disabled

`;

describe('the list of disks', () => {
  const all = parseDiskList(disks);

  it('says who uses them, what they are built on and which need a password', () => {
    expect(all).toEqual([
      {
        id: '53ff72f6-e4cd-4ebd-8f22-a607d7de12a7',
        path: '/d/shared "1".vdi',
        users: [vmA, vmB],
        passwordId: 'disk id',
      },
      {
        id: '8c215167-e0e9-44c9-a40d-efdfec8c2717',
        path: '/m/a/Snapshots/{8c215167-e0e9-44c9-a40d-efdfec8c2717}.vdi',
        parent: '53ff72f6-e4cd-4ebd-8f22-a607d7de12a7',
        users: [vmB],
      },
      { id: 'd807f675-a756-4845-b61a-20c948939127', path: '/d/gone.vmdk', users: [] },
    ]);
    expect(parseDiskList('')).toEqual([]);
  });

  it('gives a machine what it uses and all that is built on', () => {
    const ids = (vm: typeof vmA): readonly string[] =>
      disksOf(vm, all).map((disk) => disk.id.slice(0, 8));
    expect(ids(vmB)).toEqual(['53ff72f6', '8c215167']);
    expect(ids(vmA)).toEqual(['53ff72f6']);
    const loop = all.map((disk) => ({ ...disk, parent: disk.id }));
    expect(disksOf(vmB, loop)).toHaveLength(2);
  });
});

const list = `SnapshotName="live ü"
SnapshotUUID="31f185cf-bfdb-4eb9-8c56-7537fe100489"
SnapshotDescription="a "q"
b"
SnapshotName-1="s"2"
SnapshotUUID-1="8e72c431-812d-4fc1-8eb4-241f6380f802"
SnapshotName-2="nl
name"
SnapshotUUID-2="6f0506ef-4e8a-446e-8ce6-c9e60759f92d"
SnapshotName-2-1="leaf"
SnapshotUUID-2-1="7f0506ef-4e8a-446e-8ce6-c9e60759f92d"
SnapshotDescription-2-1="last"
CurrentSnapshotName="nl
name"
CurrentSnapshotUUID="6f0506ef-4e8a-446e-8ce6-c9e60759f92d"
CurrentSnapshotNode="SnapshotName-2"
`;
const xml = `<?xml version="1.0"?>
<VirtualBox xmlns="http://www.virtualbox.org/" version="1.19-linux">
  <Machine uuid="{11111111-1111-4111-8111-111111111111}" name="a" currentSnapshot="{6f0506ef-4e8a-446e-8ce6-c9e60759f92d}" snapshotFolder="Snapshots">
    <Snapshot uuid="{31f185cf-bfdb-4eb9-8c56-7537fe100489}" name="live &#xFC;" timeStamp="2026-11-22T19:56:17Z" stateFile="Snapshots/2026.sav">
      <Description>a "q"
b</Description>
      <Hardware><Description>of something else</Description></Hardware>
      <Snapshots>
        <Snapshot uuid="{8e72c431-812d-4fc1-8eb4-241f6380f802}" name="s&quot;2" timeStamp="2026-11-22T19:56:21Z">
          <Hardware/>
        </Snapshot>
        <Snapshot uuid="{6f0506ef-4e8a-446e-8ce6-c9e60759f92d}" name="nl&#10;name" timeStamp="odd">
          <Hardware/>
          <Snapshots>
            <Snapshot uuid="{7f0506ef-4e8a-446e-8ce6-c9e60759f92d}" name="leaf" timeStamp="2026-11-22T19:56:21Z">
              <Description>last</Description>
            </Snapshot>
          </Snapshots>
        </Snapshot>
      </Snapshots>
    </Snapshot>
  </Machine>
</VirtualBox>
`;

describe('snapshots', () => {
  const root = '31f185cf-bfdb-4eb9-8c56-7537fe100489';
  const branch = '6f0506ef-4e8a-446e-8ce6-c9e60759f92d';
  const tree = [
    { id: root, name: 'live ü', description: 'a "q"\nb', isCurrent: false },
    { id: '8e72c431-812d-4fc1-8eb4-241f6380f802', name: 's"2', parent: root, isCurrent: false },
    { id: branch, name: 'nl\nname', description: '', parent: root, isCurrent: true },
    { id: `7${branch.slice(1)}`, name: 'leaf', description: 'last', parent: branch },
  ];

  it('are read from the settings file, with times and memory', () => {
    const found = parseSnapshotXml(xml) ?? [];
    expect(found).toMatchObject(tree);
    expect(found.map((row) => row.takenAt)).toEqual([
      Date.UTC(2026, 10, 22, 19, 56, 17),
      Date.UTC(2026, 10, 22, 19, 56, 21),
      undefined,
      Date.UTC(2026, 10, 22, 19, 56, 21),
    ]);
    expect(found.map((row) => row.hasMemory)).toEqual([true, false, false, false]);
    expect(found[0]).not.toHaveProperty('parent');
  });

  it('are read from the list, which escapes nothing', () => {
    expect(parseSnapshotList(list)).toMatchObject(tree);
    expect(parseSnapshotList('This machine does not have any snapshots\n')).toEqual([]);
  });

  it('are not made up from a file that is half written or encrypted', () => {
    expect(parseSnapshotXml(xml.slice(0, -20))).toBeUndefined();
    expect(parseSnapshotXml(xml.replace('<Machine ', '<MachineEncrypted '))).toBeUndefined();
    expect(parseSnapshotXml('')).toBeUndefined();
  });
});

describe('the layout', () => {
  it('has controllers with odd names, what hangs on them, and what they have room for', () => {
    const info = parseVmInfo(loadFixture('showvminfo-off.txt').text);
    if (!info) throw new Error('the fixture is no machine');
    expect(readLayout(info)).toEqual({
      controllers: [
        { name: 'F', bus: 'floppy', ports: 1, maxPorts: 1 },
        { name: 'SATA "x"', bus: 'sata', ports: 30, maxPorts: 30 },
      ],
      attached: [
        { controller: 'F', port: 0, device: 0, medium: '/guests/probe-floppy.img' },
        { controller: 'SATA "x"', port: 0, device: 0, medium: '/home/user/d 1.vdi' },
      ],
    });
  });
});

describe('a refusal', () => {
  const said = (message: string, code = 'VBOX_E_FILE_ERROR'): Error =>
    failure('virtualbox/refused', { command: 'VBoxManage x', message, code });
  it.each([
    [
      said(
        "Could not find file for the medium '/d/a's b.vdi' (VERR_FILE_NOT_FOUND) Invalid UUID or filename",
      ),
      { code: 'medium/missing', params: { path: "/d/a's b.vdi" } },
    ],
    [
      said("Medium '/d/1.vdi' is already attached to this virtual machine", 'VBOX_E_OBJECT_IN_USE'),
      { code: 'medium/in-use', params: { path: '/d/1.vdi' } },
    ],
    [
      said(
        "The machine 'a' is already locked for a session (or being unlocked)",
        'VBOX_E_INVALID_OBJECT_STATE',
      ),
      { code: 'virtualbox/locked', params: { name: 'vm' } },
    ],
    [
      said('odd', 'VBOX_E_INVALID_VM_STATE'),
      { code: 'vm/not-changeable-live', params: { setting: 'It' } },
    ],
    [said('odd'), { code: 'virtualbox/refused', params: { message: 'odd' } }],
    [failure('job/cancelled', {}), { code: 'job/cancelled' }],
  ])('%s', (error, wanted) => {
    expect(inOurWords(error, 'vm', 'It')).toMatchObject({ error: wanted });
  });
});
