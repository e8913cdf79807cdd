"""What Polyvisor may ask for: every field is checked again here, whoever checked it before. Pure."""
import ipaddress
import json
import re

NAME = re.compile(r'[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}')
RESERVED = ('lo', 'all', 'default')
PRIVATE = [ipaddress.ip_network(n) for n in ('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7')]


class Refused(Exception):
    """Asked for something that is not done."""


def shown(value):
    return json.dumps(value)[:60]


def interface(value):
    if type(value) is not str or not NAME.fullmatch(value) or value in RESERVED:
        raise Refused(f'{shown(value)} is not a name for an interface.')
    return value


def whole(lowest, highest):
    def check(value):
        if type(value) is not int or not lowest <= value <= highest:
            raise Refused(f'{shown(value)} is not a number from {lowest} to {highest}.')
        return value
    return check


tag = whole(1, 4094)


def private_address(value):
    try:
        found = ipaddress.ip_interface(value if type(value) is str and '/' in value else '')
    except ValueError:
        raise Refused(f'{shown(value)} is not an address with its prefix length.') from None
    net = found.network
    lowest, highest = (8, 30) if found.version == 4 else (64, 126)
    if not any(p.version == found.version and net.subnet_of(p) for p in PRIVATE) or '%' in value:
        raise Refused(f'{value} is not a private address.')
    if not lowest <= net.prefixlen <= highest or found.ip in (net.network_address, net.broadcast_address):
        raise Refused(f'{value} is not the address of one computer in a network.')
    return str(found)


def vlan(value):
    mode = value.get('mode') if type(value) is dict else None
    if mode == 'access' and value.keys() == {'mode', 'tag'}:
        return {'mode': mode, 'tag': tag(value['tag'])}
    if mode == 'trunk' and value.keys() - {'native'} == {'mode', 'tags'}:
        tags = value['tags']
        if type(tags) is not list or not 1 <= len(tags) <= 4094:
            raise Refused('A trunk needs 1 to 4094 tags.')
        native = {'native': tag(value['native'])} if 'native' in value else {}
        return {'mode': mode, 'tags': sorted({tag(t) for t in tags}), **native}
    raise Refused(f'{shown(value)} is not a VLAN setting.')


def ranges(tags):
    """Sorted tags as pairs of first and last."""
    found = []
    for tag in tags:
        if found and found[-1][1] == tag - 1:
            found[-1][1] = tag
        else:
            found.append([tag, tag])
    return found


BRIDGE = {'bridge': interface}
UPLINK = {**BRIDGE, 'uplink': interface}
# Verb: (fields it needs, fields it may have).
VERBS = {
    'bridge.create': (BRIDGE, {'address': private_address}),
    'bridge.remove': (BRIDGE, {}),
    'uplink.attach': ({**UPLINK, 'rollbackSeconds': whole(5, 300)}, {}),
    'uplink.detach': (UPLINK, {}),
    'tap.create': ({**BRIDGE, 'tap': interface}, {}),
    'tap.remove': ({'tap': interface}, {}),
    'port.vlans': ({'port': interface}, {'vlan': vlan}),
    'confirm': (BRIDGE, {}),
    'rollback': (BRIDGE, {}),
    'undo.all': ({}, {}),
}


def parsed(raw):
    try:
        requests = json.loads(raw.decode())
    except (ValueError, RecursionError):
        raise Refused('The requests are not JSON.') from None
    if type(requests) is not list or not 1 <= len(requests) <= 64:
        raise Refused('1 to 64 requests are carried out at once.')
    result = []
    for request in requests:
        verb = request.get('verb') if type(request) is dict else None
        needed, optional = VERBS.get(verb if type(verb) is str else None, (None, None))
        if needed is None:
            raise Refused(f'{shown(verb)} is not a verb.')
        fields = request.keys() - {'verb'}
        if not needed.keys() <= fields <= needed.keys() | optional.keys():
            raise Refused(f'{verb} has other fields than {", ".join(needed)}.')
        checks = {**needed, **optional}
        result.append((verb, {name: checks[name](request[name]) for name in sorted(fields)}))
    return result
