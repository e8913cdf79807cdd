"""The only place that starts programs: argv arrays, fixed folders, an empty environment, never a shell."""
import json
import os
import subprocess

TOOL_FOLDERS = ('/usr/sbin', '/usr/bin', '/sbin', '/bin')


class Failed(Exception):
    """A program said no."""


def tool(name):
    return next((p for p in (f'{folder}/{name}' for folder in TOOL_FOLDERS) if os.access(p, os.X_OK)), None)


def run(name, *args):
    """What the program printed; raises Failed."""
    path = tool(name)
    if path is None:
        raise Failed(f'{name} is not installed')
    try:
        done = subprocess.run([path, *args], env={'LC_ALL': 'C'}, cwd='/', stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(str(error)) from error
    if done.returncode != 0:
        raise Failed(f'{name} {" ".join(args)}: {done.stderr.decode(errors="replace").strip()[-400:]}')
    return done.stdout.decode(errors='replace')


def start(*argv):
    """A process of its own, with nothing of ours open, that outlives everybody."""
    subprocess.Popen(argv, env={}, cwd='/', stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                     stderr=subprocess.DEVNULL, start_new_session=True)


def tried(name, *args):
    try:
        return run(name, *args)
    except Failed:
        return None


def rows(*args):
    return [row for row in json.loads(run('ip', '-j', *args) or '[]') if row]


def links():
    return {row['ifname']: row for row in rows('-d', 'link', 'show')}


def kind(row):
    return row.get('linkinfo', {}).get('info_kind')
