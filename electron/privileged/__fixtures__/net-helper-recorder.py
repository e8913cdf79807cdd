"""Feeds the privileged helper with inputs, one case a line on stdin, with a small pretended computer in place of the
programs it starts. Answers one line each: exit code, every argv it would have started, what it left behind, and every
event of the interpreter that starts something or writes outside the record's folder."""
import base64
import importlib.machinery
import importlib.util
import json
import os
import shutil
import sys
import tempfile

path = sys.argv[1]
loader = importlib.machinery.SourceFileLoader('helper', path)
helper = importlib.util.module_from_spec(importlib.util.spec_from_loader('helper', loader))
loader.exec_module(helper)
net_tools, net_record = sys.modules['net_tools'], sys.modules['net_record']
folder = tempfile.mkdtemp(prefix='nh-', dir='/dev/shm' if os.access('/dev/shm', os.W_OK) else None)
os.chmod(folder, 0o755)
net_record.FOLDER = f'{folder}/state'

STARTING = ('subprocess.Popen', 'os.exec', 'os.posix_spawn', 'os.spawn', 'os.system', 'os.fork', 'os.forkpty',
            'pty.spawn', 'ctypes.dlopen', 'socket.connect')
events = []


def watch(event, args):
    if event in STARTING:
        events.append(f'{event} {args!r}')
    if event == 'open' and args[1] is not None and set(str(args[1])) & set('wax+') and \
            not str(args[0]).startswith(folder):
        events.append(f'open {args!r}')


UUID = '11111111-2222-3333-4444-555555555555'


def card(index, name, **more):
    return {'ifname': name, 'ifindex': index, 'link_type': 'ether', 'mtu': 1500, 'flags': ['UP'],
            'address': f'52:54:00:00:00:{index:02x}', **more}


def computer():
    rows = [
        {**card(1, 'lo'), 'link_type': 'loopback'}, card(2, 'eth0'), card(3, 'eth1', master='docker0'), card(4, 'nm0'),
        card(5, 'docker0', linkinfo={'info_kind': 'bridge'}), card(6, 'tap9', linkinfo={'info_kind': 'tun'}),
        card(7, 'eth0.5', linkinfo={'info_kind': 'vlan'}), card(8, 'veth0', linkinfo={'info_kind': 'veth'}),
    ]
    return {row['ifname']: row for row in rows}


class Done:
    def __init__(self, returncode, text=''):
        self.returncode, self.stdout, self.stderr = returncode, text.encode(), b'pretended'


class Programs:
    """Takes the place of the module `subprocess`; the command number `fails` says no."""
    DEVNULL = -3
    TimeoutExpired = TimeoutError

    def __init__(self, fails):
        self.links, self.argvs, self.fails, self.changes, self.next = computer(), [], fails, 0, 100

    def Popen(self, argv, **_):
        self.argvs.append(list(argv))

    def run(self, argv, **_):
        self.argvs.append(list(argv))
        words = argv[1:]
        if words[:2] == ['-j', '-d']:
            return Done(0, json.dumps(list(self.links.values())))
        if words[:2] == ['-j', 'address']:
            inet = [{'family': 'inet', 'local': '192.168.7.5', 'prefixlen': 24, 'scope': 'global', 'label': 'eth0',
                     'broadcast': '192.168.7.255', 'valid_life_time': 900, 'preferred_life_time': 800},
                    {'family': 'inet6', 'local': 'fd07::5', 'prefixlen': 64, 'scope': 'global', 'dynamic': True}]
            return Done(0, json.dumps([{'ifname': 'eth0', 'addr_info': inet}, {}]))
        if words[:1] == ['-j']:
            found = [{'dst': 'default', 'gateway': '192.168.7.1', 'flags': []}] if words[1] == '-4' else []
            return Done(0, json.dumps(found))
        if words[:1] == ['-g']:
            return Done(0, f'100 (connected)\n{UUID}\n' if words[-1] == 'nm0' else '10 (unmanaged)\n\n')
        if words[:1] == ['-e']:
            return Done(0, 'manual\n192.168.7.5/24\n192.168.7.1\n\n\n\nauto\n\n\n\n\n\n')
        self.changes += 1
        if self.changes == self.fails:
            return Done(1)
        if words[:2] == ['link', 'add'] or words[:2] == ['tuntap', 'add']:
            name, made = words[3], 'bridge' if words[0] == 'link' else 'tun'
            self.links[name] = card(self.next, name, linkinfo={'info_kind': made})
            self.links[name]['ifindex'] = self.next = self.next + 1
        elif words[:2] == ['link', 'delete']:
            if self.links.pop(words[3], None) is None:
                return Done(1)
        elif words[:2] == ['link', 'set'] and 'master' in words:
            self.links[words[3]]['master'] = words[words.index('master') + 1]
        elif words[:2] == ['link', 'set'] and 'nomaster' in words:
            self.links[words[3]].pop('master', None)
        elif words[:2] == ['connection', 'add']:
            return Done(0, f"Connection 'x' ({UUID}) successfully added.")
        return Done(0)


def changed():
    before = computer()
    return sorted(n for n in before.keys() | programs.links.keys() if before.get(n) != programs.links.get(n))


def take_back_without_fault(changes, take_back=helper.Changes.take_back):
    programs.fails = 0
    take_back(changes)


helper.Changes.take_back = take_back_without_fault
sys.addaudithook(watch)
net_tools.tool = lambda name: f'/usr/sbin/{name}'
for line in sys.stdin:
    case = json.loads(line)
    raw, events[:] = base64.b64decode(case['raw']), []
    net_tools.subprocess = programs = Programs(case['fails'])
    os.makedirs(net_record.FOLDER, exist_ok=True)
    net_record.save({'bridges': {}, 'taps': {}, 'uplinks': {}})
    try:
        code, answer = helper.carry_out(helper.parsed(raw), 1000)
    except helper.Refused as error:
        code, answer = 2, {'error': str(error)}
    except BaseException as error:  # noqa: BLE001 - anything else is what the test looks for
        code, answer = 99, {'error': repr(error)}
    found = {'changed': changed(), 'record': sum(len(table) for table in net_record.load().values())}
    argvs, programs.fails = list(programs.argvs), 0
    if found['changed']:
        helper.carry_out([('undo.all', {})], None)
    print(json.dumps({
        'code': code, 'error': answer.get('error', ''), 'argvs': argvs, 'events': list(events), **found,
        'afterUndo': changed(),
    }), flush=True)
shutil.rmtree(folder)
