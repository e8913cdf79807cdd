// Which engine a running machine really uses: VirtualBox's own debugger is asked, its log is the second witness.
// What the guest sees by CPUID proves nothing: in software it can show KVM's signature.
import {
  toEngineId,
  toEpochMs,
  type DriverId,
  type EngineId,
} from '../../../shared/model/brand.ts';
import type { EngineProof } from '../../../shared/model/compat.ts';
import type { EngineLog, VBoxEngine } from './engine-log.ts';
import type { ApiEngine } from './vbox-api.ts';

const byApi: Readonly<Record<string, VBoxEngine>> = {
  HwVirt: 'vboxdrv',
  NativeApi: 'kvm',
  Interpreter: 'software',
  Recompiler: 'software',
};

/** `answer`: what the API said, absent where it could not be asked. `undefined`: no witness speaks. */
export const judgeEngine = (
  answer: ApiEngine | undefined,
  log: EngineLog | undefined,
): { readonly engine: VBoxEngine; readonly witness: string } | undefined => {
  const asked = answer === undefined ? undefined : byApi[answer];
  const logged = log?.witness;
  const said = [
    ...(answer === undefined ? [] : [`IMachineDebugger.executionEngine ${answer}`]),
    ...(logged ? [`VBox.log ${logged.line}`] : []),
  ].join('; ');
  const engine = asked ?? logged?.engine;
  return engine === undefined ? undefined : { engine, witness: said };
};

export const proofOf = (
  driver: DriverId,
  decided: EngineId,
  judged: { readonly engine: VBoxEngine; readonly witness: string },
  now: () => number,
): EngineProof => {
  const engine = toEngineId(judged.engine);
  return {
    backend: { driver, engine },
    witness: judged.witness,
    readAt: toEpochMs(now()),
    ...(engine === decided ? {} : { contradicts: { driver, engine: decided } }),
  };
};
