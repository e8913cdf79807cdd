import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../shared/model/brand.ts';
import type { HostChange, PrivilegedRequest } from '../../shared/model/network-plan.ts';
import { text } from '../../shared/model/text.ts';
import type { HelperStatus } from '../privileged/broker.ts';
import { reconciled, wayBack } from './journal.ts';

const now = 1000 as EpochMs;
const words = text('job.hostChangeUndo');
const row = (
  id: string,
  request: PrivilegedRequest,
  standing: HostChange['standing'] = 'applied',
): HostChange => ({ id, at: now, what: words, why: words, request, standing });

const bridge = row('b', { verb: 'bridge.create', bridge: 'pvbr0' });
const uplink = row('u', {
  verb: 'uplink.attach',
  bridge: 'pvbr0',
  uplink: 'eth0',
  rollbackSeconds: 60,
});
const tap = row('t', { verb: 'tap.create', bridge: 'pvbr0', tap: 'pvt0' });
const vlans = row('v', { verb: 'port.vlans', port: 'pvt0', vlan: { mode: 'access', tag: 10 } });
const other = row('o', { verb: 'bridge.create', bridge: 'pvbr1' });
const rows = [bridge, uplink, tap, vlans, other];
const all: HelperStatus = {
  bridges: ['pvbr0', 'pvbr1'],
  taps: ['pvt0'],
  uplinks: [{ bridge: 'pvbr0', uplink: 'eth0' }],
  awaiting: [],
};
const nothing: HelperStatus = { bridges: [], taps: [], uplinks: [], awaiting: [] };

const standings = (changes: readonly HostChange[], status: HelperStatus): readonly string[] =>
  reconciled(changes, status, now).map(({ id, standing }) => `${id} ${standing}`);

describe('the journal follows what is there', () => {
  it('keeps what is there and drops what is not, as after a reboot', () => {
    expect(standings(rows, all)).toEqual(rows.map(({ id }) => `${id} applied`));
    expect(standings(rows, nothing)).toEqual([]);
    expect(standings(rows, { ...all, taps: [] })).toEqual(['b applied', 'u applied', 'o applied']);
  });

  it('completes what was begun when it is there, and forgets it otherwise', () => {
    const begun = [row('x', bridge.request, 'begun'), row('y', tap.request, 'begun')];
    expect(standings(begun, { ...nothing, bridges: ['pvbr0'] })).toEqual(['x applied']);
  });

  it('knows until when an uplink waits, and tells when it went back by itself', () => {
    const waiting = { ...all, awaiting: [{ bridge: 'pvbr0', secondsLeft: 7 }] };
    const [found] = reconciled([row('u', uplink.request, 'begun')], waiting, now);
    expect(found).toMatchObject({ standing: 'awaiting', until: 8000 });
    const [kept] = reconciled(found ? [found] : [], all, now);
    expect(kept).toMatchObject({ standing: 'applied' });
    expect(kept).not.toHaveProperty('until');
    expect(standings(found ? [found] : [], nothing)).toEqual(['u undone']);
  });

  it('has one row about one thing: the newest', () => {
    const again = row('w', { verb: 'port.vlans', port: 'pvt0' });
    expect(standings([vlans, again], all)).toEqual(['w applied']);
    const retried = row('n', uplink.request);
    expect(standings([row('u', uplink.request, 'undone'), retried], all)).toEqual(['n applied']);
  });
});

describe('the way back', () => {
  it('of a bridge takes everything on it first, newest first', () => {
    expect(wayBack(rows, 'b')).toEqual([
      { verb: 'tap.remove', tap: 'pvt0' },
      { verb: 'uplink.detach', bridge: 'pvbr0', uplink: 'eth0' },
      { verb: 'bridge.remove', bridge: 'pvbr0' },
    ]);
  });

  it('of one thing leaves the others', () => {
    expect(wayBack(rows, 'o')).toEqual([{ verb: 'bridge.remove', bridge: 'pvbr1' }]);
    expect(wayBack(rows, 't')).toEqual([{ verb: 'tap.remove', tap: 'pvt0' }]);
    expect(wayBack(rows, 'v')).toEqual([{ verb: 'port.vlans', port: 'pvt0' }]);
    expect(wayBack(rows, 'gone')).toEqual([]);
  });

  it('is the one the plan named, where it named one', () => {
    const undo: PrivilegedRequest = { verb: 'port.vlans', port: 'pvt0', vlan: vlan(20) };
    expect(wayBack([{ ...vlans, undo }], 'v')).toEqual([undo]);
  });
});

function vlan(tag: number): { mode: 'access'; tag: number } {
  return { mode: 'access', tag };
}
