// The privileged helper in a network of its own (a namespace of an ordinary user), met by what hosts and callers can
// do to it: leases, cards that are unplugged, names taken by others, calls that were killed, odd ways to be started.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PrivilegedRequest } from './requests.ts';

const helper = join(import.meta.dirname, '../../build/linux/net-helper/polyvisor-net-helper');
const bridge = 'pvbr0';
const made: readonly PrivilegedRequest[] = [
  { verb: 'bridge.create', bridge },
  { verb: 'uplink.attach', bridge, uplink: 'up0', rollbackSeconds: 300 },
];

/** `up0` is the card. `ask` sends one list of requests and says how it ended; `look` is what is to come back. */
const before = `set -u
mount -t tmpfs tmpfs /run && ip link set lo up
ip link add name up0 type veth peer name far0 && ip link set far0 up && ip link set up0 up
ip address add 192.168.50.5/24 metric 70 brd + dev up0 valid_lft 95000 preferred_lft 85000
ip address add 192.168.50.6/25 dev up0 label up0:two
ip route add default via 192.168.50.1 && ip route add 10.9.0.0/16 via 192.168.50.9 metric 55 mtu 1400
export PKEXEC_UID=1000
ask() { printf %s "$1" | "$HELPER" > /run/said; echo "ended $?"; }
look() { ip -o -4 address show dev up0 | sed -E 's/(lft [0-9])[0-9]{4}sec/\\1/g'; ip route; }`;

const inNamespace = (script: string, requests: readonly PrivilegedRequest[] = made): string => {
  const flags = [
    '--user',
    '--map-root-user',
    '--net',
    '--mount',
    '--kill-child',
    '--pid',
    '--fork',
  ];
  const { stdout, stderr, status } = spawnSync(
    'unshare',
    [...flags, 'sh', '-c', `${before}\n${script}`],
    {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HELPER: helper, MADE: JSON.stringify(requests) },
    },
  );
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
};

it('gives back the addresses of a card as they were: lease, broadcast, label', () => {
  const said = inNamespace(`look > /run/before; ask "$MADE"
    ip -o -4 address show dev ${bridge}; ip route
    ask '[{"verb":"undo.all"}]'; look > /run/after
    cmp /run/before /run/after && grep -c 'dynamic up0.*valid_lft' /run/after; ip -br link`);
  expect(said).toMatch(/192\.168\.50\.5\/24 metric 70 brd 192\.168\.50\.255 .*valid_lft forever/);
  expect(said).toContain(`10.9.0.0/16 via 192.168.50.9 dev ${bridge} metric 55 mtu 1400`);
  expect(said).toMatch(/ended 0\n1\n/);
  expect(said).not.toMatch(new RegExp(`^${bridge}`, 'm'));
});

it('takes a bridge back whose card was unplugged', () => {
  const said = inNamespace(`ask "$MADE"; ip link delete up0; "$HELPER" status
    ask '[{"verb":"bridge.remove","bridge":"${bridge}"}]'; ip -br link; "$HELPER" status`);
  expect(said).toContain('"uplinks": [], "awaiting": []');
  expect(said).toMatch(/ended 0\nlo .*\n\{"bridges": \[\].*\}\n$/);
});

it('leaves alone what took the name of something of ours meanwhile', () => {
  const said = inNamespace(
    `ask "$MADE"; ip link delete ${bridge}; ip link add name ${bridge} type veth peer name other0
    ask '[{"verb":"undo.all"}]'; ip -br link; "$HELPER" status`,
  );
  expect(said.match(/ended 0/g)).toHaveLength(2);
  expect(said).toMatch(new RegExp(`^${bridge}@other0`, 'm'));
  expect(said).toContain('{"bridges": []');
});

it('leaves alone what took the name between the look and the making', () => {
  const request: PrivilegedRequest = { verb: 'bridge.create', bridge };
  // An \`ip\` that makes the interface of somebody else just before ours.
  const said = inNamespace(
    `mkdir /run/bin; cp "$(command -v ip)" /run/real
    printf '#!/bin/sh\\ncase "$*" in "link add"*) /run/real link add name ${bridge} type bridge;; esac\\nexec /run/real "$@"\\n' > /run/ip
    chmod 755 /run/ip; mount --bind /run/ip "$(command -v ip)"
    ask "$MADE"; cat /run/said; /run/real -br link; "$HELPER" status`,
    [request],
  );
  expect(said).toMatch(/ended 1\n\{"error": ".*File exists", "verb": "bridge\.create"\}/);
  expect(said).toMatch(new RegExp(`^${bridge} `, 'm'));
  expect(said).toContain('{"bridges": []');
});

it('puts back what a call that was killed had begun, at the next one', () => {
  const said = inNamespace(`look > /run/before; ask "$MADE"
    python3 - <<'END'
import json
path = '/run/polyvisor-net/record.json'
record = json.load(open(path))
record['uplinks']['up0'].update(index=0, deadline=1)
json.dump(record, open(path, 'w'))
END
    ask '[{"verb":"confirm","bridge":"${bridge}"}]'; look > /run/after
    cmp /run/before /run/after && echo same; "$HELPER" status`);
  expect(said).toMatch(/ended 0\nended 2\nsame\n\{"bridges": \["pvbr0"\].*"awaiting": \[\]\}/);
});

it('does not let others hold it up, and is not misled by how it was started', () => {
  const odd = `import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], [sys.argv[1]])`;
  const said =
    inNamespace(`ask "$MADE"; stat -c '%a %U' /run/polyvisor-net/*; cat /run/polyvisor-net/lock
    export PKEXEC_UID=99999999999
    printf %s '[{"verb":"tap.create","tap":"pvt0","bridge":"${bridge}"}]' | python3 -c '${odd}' "$HELPER"
    echo "ended $?"; ip -br link show type tun`);
  expect(said).toContain('ended 0\n600 root\n644 root\n');
  expect(said).toMatch(/\{"error": "ip tuntap add .*", "verb": "tap\.create"\}\nended 1\n$/);
});
