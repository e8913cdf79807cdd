"""A network card becomes the uplink of a bridge and comes back: what may be one, its addresses and routes, and the
same through NetworkManager where that looks after the card, since it would fight back otherwise."""
import os
import re

from net_tools import kind, rows, run, tried

PROFILE_KEPT = [f'{family}.{key}' for family in ('ipv4', 'ipv6')
                for key in ('method', 'addresses', 'gateway', 'dns', 'dns-search', 'routes')]
# What only the card has: while its address is on a bridge, the lease does not end.
LEASE = {'label': 'label', 'valid_life_time': 'valid_lft', 'preferred_life_time': 'preferred_lft'}
WIRELESS = ('wireless', 'phy80211')


def why_not(name, row):
    """The end of a sentence, or None. A veth is as good as a card: it has a wire and nothing on top."""
    if row is None:
        return 'is not there'
    if any(os.path.exists(f'/sys/class/net/{name}/{entry}') for entry in WIRELESS):
        return 'is a Wi-Fi card, which cannot carry the frames of other computers'
    if row.get('link_type') != 'ether' or kind(row) not in (None, 'veth'):
        return f'is not a wired network card but {kind(row) or row.get("link_type")}'
    if 'master' in row:
        return f'is a part of {row["master"]} already'
    try:
        with open(f'/run/systemd/netif/links/{row["ifindex"]}', encoding='utf-8') as file:
            if re.search(r'^ADMIN_STATE=config', file.read(), re.M):
                return 'is looked after by systemd-networkd, which would undo the change: make the bridge with it'
    except OSError:
        pass
    return None


def addresses_of(uplink):
    found = next((row for row in rows('address', 'show', 'dev', uplink) if row.get('ifname') == uplink), {})
    return [
        {'cidr': f"{a['local']}/{a['prefixlen']}",
         'words': [word for key in ('metric', 'broadcast') if key in a for word in (key, str(a[key]))],
         'asBefore': [word for key, name in LEASE.items() if key in a for word in (name, str(a[key]))],
         'comesBack': bool(a.get('dynamic')) and a['family'] == 'inet6'}
        for a in found.get('addr_info', ()) if a.get('scope') == 'global' and 'local' in a
    ]


def routes_of(uplink):
    """The main table's; the kernel makes its own again with the address."""
    found = [(f, r) for f in ('-4', '-6') for r in rows(f, 'route', 'show', 'dev', uplink)]
    kept = ('gateway', 'metric', 'protocol', 'prefsrc', 'scope')
    result = [
        {'family': family, 'dst': route['dst'], 'comesBack': route.get('protocol') == 'ra',
         'words': [word for key in kept if key in route
                   for word in ({'gateway': 'via', 'protocol': 'proto', 'prefsrc': 'src'}.get(key, key), str(route[key]))]
         + (['onlink'] if 'onlink' in route.get('flags', ()) else [])
         + [str(word) for metrics in route.get('metrics', ()) for pair in metrics.items() for word in pair]}
        for family, route in found if 'dst' in route and route.get('protocol') != 'kernel'
    ]
    return sorted(result, key=lambda route: 'via' in route['words'])


def move(entry, source, target, do):
    """`do`: `run` stops at the first no, `tried` goes on. What routers announce comes to a bridge by itself."""
    to_card = source == entry['bridge']
    for route in entry['routes']:
        tried('ip', route['family'], 'route', 'delete', route['dst'], *route['words'], 'dev', source)
    for address in entry['addresses']:
        tried('ip', 'address', 'delete', address['cidr'], 'dev', source)
    for address in entry['addresses']:
        if to_card or not address['comesBack']:
            words = address['words'] + (address['asBefore'] if to_card else [])
            do('ip', 'address', 'replace', address['cidr'], *words, 'dev', target)
    for route in entry['routes']:
        if to_card or not route['comesBack']:
            do('ip', route['family'], 'route', 'replace', route['dst'], *route['words'], 'dev', target)


def give_back(entry, uplink, has_bridge):
    """As far as it goes: whatever is refused, the rest comes back."""
    tried('ip', 'link', 'set', 'dev', uplink, 'nomaster')
    move(entry, entry['bridge'] if has_bridge else uplink, uplink, tried)
    if not entry['wasUp']:
        tried('ip', 'link', 'set', 'dev', uplink, 'down')


def profile_of(uplink):
    """NetworkManager's profile on the card, '' without one, None where it does not look after the card."""
    found = tried('nmcli', '-g', 'GENERAL.STATE,GENERAL.CON-UUID', 'device', 'show', uplink)
    lines = (found or '').splitlines()
    if not lines or lines[0].startswith('10 '):
        return None
    return lines[1] if len(lines) > 1 and re.fullmatch(r'[0-9a-f-]{36}', lines[1]) else ''


def manager_attach(entry, uplink, mac, has_vlans, save):
    """Two profiles that live in memory only. The bridge's takes over what the card's profile says about addresses."""
    bridge, addresses = entry['bridge'], []
    if entry['former']:
        found = run('nmcli', '-e', 'no', '-g', ','.join(PROFILE_KEPT), 'connection', 'show', 'uuid', entry['former'])
        addresses = [word for key, value in zip(PROFILE_KEPT, found.split('\n')) if value
                     for word in (key, value)]
    on_bridge = ('bridge.vlan-filtering', 'yes', 'bridge.vlan-default-pvid', '0', 'bridge.vlans', '1 pvid untagged')
    on_port = ('bridge-port.vlans', '1 pvid untagged, 2-4094')

    def add(*words):
        said = run('nmcli', 'connection', 'add', 'save', 'no', *words, 'connection.autoconnect-priority', '100')
        entry['profiles'].append(re.search(r'\(([0-9a-f-]{36})\)', said)[1])
        save()

    add('type', 'bridge', 'con-name', f'polyvisor-{bridge}', 'ifname', bridge, 'bridge.stp', 'no',
        'bridge.forward-delay', '0', 'bridge.mac-address', mac, 'connection.autoconnect-slaves', '1', *addresses,
        *(on_bridge if has_vlans else ()))
    add('type', 'ethernet', 'con-name', f'polyvisor-{bridge}-{uplink}', 'ifname', uplink, 'master', bridge,
        'slave-type', 'bridge', *(on_port if has_vlans else ()))
    # It leaves alone what it did not make, until told otherwise, and takes a profile only for a bridge with its address.
    run('ip', 'link', 'set', 'dev', bridge, 'address', mac)
    run('nmcli', 'device', 'set', bridge, 'managed', 'yes')
    run('nmcli', '-w', '40', 'connection', 'up', 'uuid', entry['profiles'][1])


def manager_give_back(entry, uplink):
    for profile in reversed(entry['profiles']):
        tried('nmcli', 'connection', 'delete', 'uuid', profile)
    tried('nmcli', 'device', 'set', entry['bridge'], 'managed', 'no')
    # It may not come up, without a cable for example: then NetworkManager does it later by itself.
    if entry['former']:
        tried('nmcli', '-w', '40', 'connection', 'up', 'uuid', entry['former'], 'ifname', uplink)
