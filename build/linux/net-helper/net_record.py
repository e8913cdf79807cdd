"""The record of what was made, with everything its undo needs: world-readable, written by root only, gone at reboot."""
import contextlib
import fcntl
import json
import os
import stat
import time

from net_requests import Refused
from net_tools import links

FOLDER = '/run/polyvisor-net'


def load():
    try:
        with open(f'{FOLDER}/record.json', encoding='utf-8') as file:
            return json.load(file)
    except (FileNotFoundError, ValueError):
        return {'bridges': {}, 'taps': {}, 'uplinks': {}}


def still_there():
    """The record without what others deleted or replaced; what a killed call made gets its index."""
    record, there = load(), links()
    for table in record.values():
        for name, entry in list(table.items()):
            index = there.get(name, {}).get('ifindex')
            entry['index'] = entry['index'] or index
            if index is None or entry['index'] != index:
                del table[name]
    return record


def save(record):
    with open(f'{FOLDER}/record.new', 'w', encoding='utf-8') as file:
        json.dump(record, file)
        os.fchmod(file.fileno(), 0o644)
    os.replace(f'{FOLDER}/record.new', f'{FOLDER}/record.json')


@contextlib.contextmanager
def locked():
    os.makedirs(FOLDER, 0o755, exist_ok=True)
    found = os.lstat(FOLDER)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
        raise Refused(f'{FOLDER} is not root\'s own folder.')
    # Only root can open it: who holds it holds the way back up.
    with open(f'{FOLDER}/lock', 'a', opener=lambda *args: os.open(*args, 0o600)) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def now():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def status():
    record, there = load(), links()
    live = {table: [n for n, entry in record[table].items() if there.get(n, {}).get('ifindex') == entry['index']]
            for table in record}
    uplinks = {n: record['uplinks'][n] for n in live['uplinks']}
    return {
        'bridges': live['bridges'], 'taps': live['taps'],
        'uplinks': [{'bridge': e['bridge'], 'uplink': n} for n, e in uplinks.items()],
        'awaiting': [{'bridge': e['bridge'], 'secondsLeft': max(0, round(e['deadline'] - now()))}
                     for e in uplinks.values() if e['deadline'] is not None],
    }
