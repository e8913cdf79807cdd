// A VirtualBox that replays: programs in a folder of the test's own which answer with the recorded and reconstructed
// texts beside this file. For hosts we do not have: with the kernel driver, and builds that contain the KVM engine.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadFixture } from './load.ts';
import { writeProgram } from './program.ts';

export interface ReplayedHost {
  readonly version: string;
  /** Its code names KVM's device. */
  readonly hasKvmEngine: boolean;
  readonly isHardened: boolean;
  /** What a start on the kernel driver meets. */
  readonly vboxdrv: 'works' | 'missing' | 'inUse';
  /** What a start on KVM meets. */
  readonly kvm: 'works' | 'refused';
}

export interface ReplayedVirtualBox {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly machine: string;
  /** What is in the machine's extra data now. */
  readonly extraData: () => string;
  /** The calls VBoxManage had, a line each. */
  readonly calls: () => string;
  readonly dispose: () => Promise<void>;
}

/** Both programs are shell scripts: dozens of calls are cheap then. Files beside them are the machine. */
const begin = (library: string): string => `#!/bin/sh
cd '${library}' || exit 99
`;

const manage = String.raw`
echo "$1 $2 $3" >> calls
id=$(cat id); power=$(cat power)
case "$1 $2" in
  '--version ') cat version; echo ;;
  'list vms') echo "\"probe\" {$id}" ;;
  'list runningvms') test "$power" != running || echo "\"probe\" {$id}" ;;
  'list extpacks') echo 'Extension Packs: 0' ;;
  list*) echo ;;
  showvminfo*)
    sed -e "s|^UUID=.*|UUID=\"$id\"|" -e "s|^CfgFile=.*|CfgFile=\"$PWD/probe.vbox\"|" \
      -e "s|^LogFldr=.*|LogFldr=\"$PWD/Logs\"|" -e "s|^VMState=.*|VMState=\"$power\"|" \
      -e '/^"\(F\|SATA\).*-[0-9]*-[0-9]*"=/d' showvminfo.txt
    test "$power" != running || echo 'SessionName="headless"' ;;
  getextradata*) while IFS='	' read -r key value; do echo "Key: $key, Value: $value"; done < extra ;;
  setextradata*)
    grep -v "^$3	" extra > extra.new
    test $# -lt 4 || printf '%s\t%s\n' "$3" "$4" >> extra.new
    mv extra.new extra ;;
  controlvm*) echo poweroff > power; kill -9 "$(cat pid)" 2>/dev/null; echo 0 > pid ;;
  *) echo "VBoxManage: error: not replayed: $*" >&2; exit 1 ;;
esac
`;

const headless = String.raw`
is() { grep -q "^VBoxInternal/$1	1$" extra; }
log() {
  mkdir -p Logs
  { echo "00:00:00.100000 Process ID: $$"; grep -v 'Process ID:' "$1"; } > Logs/VBox.log
}
runs() { echo running > power; echo $$ > pid; log "$1"; exec sleep 600; }
fails() { log "$1"; echo aborted > power; exit 1; }
if is HM/FallbackToIEM; then runs iem.log; fi
if is HM/UseNEMInstead; then
  test "$(cat kvm)" = works && runs kvm.log
  fails kvm-refused.log
fi
case $(cat vboxdrv) in
  works) runs vtx.log ;;
  inUse) fails root-mode.log ;;
  *) cat start-1908.txt >&2; exit 1 ;;
esac
`;

const text = (name: string): string => loadFixture(name).text;

export const replayedVirtualBox = (host: ReplayedHost): ReplayedVirtualBox => {
  const home = mkdtempSync(join(tmpdir(), 'vr-'));
  const library = join(home, 'lib');
  mkdirSync(library);
  const put = (name: string, content: string, mode = 0o644): void =>
    writeFileSync(join(library, name), content, { mode });
  const machine = 'e2e5adf2-ac3e-4591-a0a2-5563a6b87042';
  put('id', machine);
  put('power', 'poweroff');
  put('pid', '0');
  put('extra', '');
  put('calls', '');
  put('version', host.version);
  put('vboxdrv', host.vboxdrv);
  put('kvm', host.kvm);
  put('probe.vbox', '');
  put('showvminfo.txt', text('showvminfo-off.txt'));
  put('start-1908.txt', text('start-1908.txt'));
  put('vtx.log', text('vbox-log-vtx.txt'));
  put('iem.log', text('vbox-log-iem.txt'));
  put('kvm.log', text('vbox-log-kvm.txt'));
  put('kvm-refused.log', text('vbox-log-kvm-refused.txt'));
  put('root-mode.log', text('vbox-log-root-mode.txt'));
  put('VBoxVMM.so', host.hasKvmEngine ? 'code\0/dev/kvm\0code' : 'code');
  put('manage.sh', begin(library) + manage, 0o755);
  put('headless.sh', begin(library) + headless, 0o755);
  writeProgram(join(library, 'VBoxManage'), join(library, 'manage.sh'));
  writeProgram(join(library, 'VBoxHeadless'), join(library, 'headless.sh'));
  const mode = host.isHardened ? 0o4755 : 0o755;
  writeProgram(join(library, 'VirtualBoxVM'), join(library, 'headless.sh'), mode);

  const read = (name: string): string => readFileSync(join(library, name), 'utf8').trim();
  return {
    home,
    env: { ...process.env, PATH: `${library}:${process.env['PATH'] ?? ''}`, HOME: home },
    machine,
    extraData: () => read('extra'),
    calls: () => read('calls'),
    dispose: async () => {
      const pid = Number(read('pid'));
      if (pid > 0) process.kill(pid, 'SIGKILL');
      await sleep(50);
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
};
