// What a tree of processes costs, from /proc: memory as PSS, processor time as user + system.
import { readdirSync, readFileSync } from 'node:fs';

// Linux counts in 1/100 s for user space on every architecture (sysconf(_SC_CLK_TCK)).
const ticksPerSecond = 100;

const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // The process ended in between.
  }
};

/** Fields of /proc/PID/stat after the command name: 0 is the state, 1 the parent (proc(5) 3 and 4). */
function stat(pid) {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** `root` and all its descendants that are alive. */
export function processTree(root) {
  const children = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(stat(name)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [];
  const queue = [root];
  for (let pid = queue.shift(); pid !== undefined; pid = queue.shift()) {
    tree.push(pid);
    queue.push(...(children.get(pid) ?? []));
  }
  return tree;
}

/** Proportional set size of the tree in MiB; `own` leaves out files, which other programs may share. */
export function memoryOf(root) {
  let [kib, ownKib] = [0, 0];
  for (const pid of processTree(root)) {
    const text = read(`/proc/${pid}/smaps_rollup`) ?? '';
    kib += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    ownKib += Number(/^Pss_Anon:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  }
  return { all: kib / 1024, own: ownKib / 1024 };
}

/**
 * Processor seconds used so far by the tree, ended children included: a child that is waited for
 * hands its time to its parent (cutime, cstime).
 */
export function cpuOf(root) {
  let ticks = 0;
  for (const pid of processTree(root)) {
    // utime, stime, cutime, cstime: proc(5) fields 14-17.
    for (const field of stat(pid)?.slice(11, 15) ?? []) ticks += Number(field);
  }
  return ticks / ticksPerSecond;
}
