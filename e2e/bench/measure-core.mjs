// Start overhead and event latency, measured in the core without a window: core-bench.mjs in plain Node.
import { accessSync, chmodSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runWithCore } from './core-bundle.mjs';
import { row } from './statistics.mjs';
import { makeWorld } from './world.mjs';

const program = 'qemu-system-x86_64';

/** A 64 KiB BIOS whose reset vector writes one letter to COM1 and halts. */
function firstInstructionRom() {
  const rom = Buffer.alloc(64 * 1024, 0xf4); // hlt everywhere else
  // mov dx, 0x3f8; mov al, 'X'; out dx, al; hlt; jmp back to hlt
  Buffer.from('baf803b058eef4ebfd', 'hex').copy(rom, 0xfff0);
  return rom;
}

function findProgram() {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return join(folder, program);
    } catch {
      continue;
    }
  }
  throw new Error(`${program} is not installed`);
}

/**
 * A folder with a QEMU that starts machines with our ROM: the same one for our start and the raw one.
 * Other uses of the program (looking, the KVM self-test) are passed on as they are.
 */
function wrapQemu(home) {
  const folder = join(home, 'bin');
  mkdirSync(folder);
  const rom = join(home, 'first.rom');
  writeFileSync(rom, firstInstructionRom());
  const wrapper = join(folder, program);
  const script = [
    '#!/bin/sh',
    'case " $* " in',
    `*" -pidfile "*) exec ${findProgram()} "$@" -bios ${rom} ;;`,
    `*) exec ${findProgram()} "$@" ;;`,
    'esac',
  ];
  writeFileSync(wrapper, `${script.join('\n')}\n`);
  chmodSync(wrapper, 0o755);
  return folder;
}

export async function measureCore({ isQuick }) {
  const world = makeWorld();
  try {
    const PATH = `${wrapQemu(world.home)}${delimiter}${world.env.PATH}`;
    const counts = isQuick ? ['3', '10'] : ['15', '60'];
    const env = { ...world.env, PATH };
    const result = await runWithCore('core-bench.mjs', counts, env);
    const { ours, raw, overhead, toStore, toMonitor } = result;
    return [
      row({ what: 'raw QEMU: spawn to first guest instruction', unit: 'ms', samples: raw }),
      row({ what: 'start command to first guest instruction', unit: 'ms', samples: ours }),
      row({
        what: 'overhead of our start (pairs)',
        unit: 'ms',
        samples: overhead,
        limit: 20,
        note: 'the start command of the core in plain Node, against the very same argv spawned without -S; a ROM writes to COM1 at the reset vector.',
      }),
      row({
        what: 'guest state change, raw QMP event',
        unit: 'ms',
        samples: toMonitor,
        digits: 2,
      }),
      row({
        what: 'guest state change to store',
        unit: 'ms',
        samples: toStore,
        digits: 2,
        limit: 5,
        note: 'from sending stop or cont on a second monitor to the listener of the store.',
      }),
    ];
  } finally {
    world.dispose();
  }
}
