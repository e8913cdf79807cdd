// Notices that something the checks rest on changed: a device appeared or got other permissions, a module was loaded,
// a package was installed. Asks nothing while nothing happens: the kernel tells, and what it tells is compared.
import { statSync, watch, type FSWatcher } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';

export interface InputsWatchDeps {
  /** `/`, or a folder that stands for it. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Device nodes, whether they exist or not. */
  readonly nodes: readonly string[];
  readonly onChange: () => void;
  /** Calm after which a change is looked at, in ms. */
  readonly settleMs?: number;
  /** Least time between two calls of `onChange`, in ms. */
  readonly restMs?: number;
}

export interface InputsWatch {
  /** Compares now: for moments when something may have changed unseen, like the window getting the focus. */
  readonly check: () => void;
  readonly dispose: () => void;
}

/** Programs whose coming, going or changing matters. */
const programs = [
  'qemu-system-x86_64',
  'qemu-img',
  'VBoxManage',
  'swtpm',
  'passt',
  'virtiofsd',
  'ethtool',
  'virsh',
];
const installFolders = ['/usr/lib/virtualbox', '/opt/VirtualBox'];
const places = ['VBoxManage', 'ExtensionPacks'];
const modules = /^(kvm|vbox|tun|vhost|macvtap|8021q|br_netfilter|openvswitch|vmmon)\w*/gm;
/** A package is many files; a device gets its permissions a moment after it appears. */
const usualSettleMs = 1500;
const usualRestMs = 5000;

const mark = (path: string): string => {
  try {
    const { ino, mode, uid, gid, mtimeMs, ctimeMs } = statSync(path);
    return `${ino} ${mode} ${uid}:${gid} ${mtimeMs} ${ctimeMs}`;
  } catch {
    return '';
  }
};

const folderExists = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};

export const watchInputs = (deps: InputsWatchDeps): InputsWatch => {
  const { root } = deps;
  const settleMs = deps.settleMs ?? usualSettleMs;
  const restMs = deps.restMs ?? usualRestMs;
  const pathFolders = [...new Set((deps.env['PATH'] ?? '').split(delimiter))]
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(root, folder));
  const ownFolders = installFolders.map((folder) => join(root, folder));
  const files = [
    ...pathFolders.flatMap((folder) => programs.map((name) => join(folder, name))),
    ...ownFolders.flatMap((folder) => places.map((name) => join(folder, name))),
  ];

  const signature = async (): Promise<string> => {
    const loaded = await readFile(join(root, 'proc/modules'), 'utf8').catch(() => '');
    return [
      [...loaded.matchAll(modules)]
        .map(([name]) => name)
        .sort()
        .join(' '),
      ...deps.nodes.map(mark),
      ...files.map(mark),
    ].join('\n');
  };

  let isDisposed = false;
  let timer: NodeJS.Timeout | undefined;
  let restUntil = 0;
  let former: string | undefined;
  const watchers = new Map<string, FSWatcher>();

  const look = async (): Promise<void> => {
    const now = await signature();
    const isFirst = former === undefined;
    if (isDisposed || now === former) return;
    former = now;
    if (isFirst) return;
    restUntil = performance.now() + restMs;
    // A node that came or went is another file to watch.
    watchNodes();
    deps.onChange();
  };

  const soon = (): void => {
    if (isDisposed) return;
    clearTimeout(timer);
    const wait = Math.max(settleMs, restUntil - performance.now());
    timer = setTimeout(() => void look(), wait);
    timer.unref();
  };

  const watchPath = (path: string): void => {
    watchers.get(path)?.close();
    watchers.delete(path);
    try {
      const watcher = watch(path, { persistent: false }, soon);
      watcher.on('error', () => watchers.get(path)?.close());
      watchers.set(path, watcher);
    } catch {
      // Not there, or no watches left: its folder tells, or the next comparison on focus.
    }
  };

  /** udev notes every device in this folder; /dev itself tells of every write to a device on older kernels. */
  const udev = join(root, 'run/udev/data');
  const nodeFolders = folderExists(udev)
    ? [udev]
    : [...new Set(deps.nodes.map((node) => dirname(node)))];
  const watchNodes = (): void => deps.nodes.forEach(watchPath);

  watchNodes();
  for (const folder of [...nodeFolders, ...pathFolders, ...ownFolders]) {
    if (folderExists(folder)) watchPath(folder);
  }
  void signature().then((now) => (former ??= now));

  return {
    check: () => void look(),
    dispose: () => {
      isDisposed = true;
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
};
