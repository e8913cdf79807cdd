// Asks QEMU for an empty machine on KVM: covers the KVM API version and the creation of a VM.
import { isFailure } from '../../../shared/contract/errors.ts';
import type { Exec } from '../../process/exec.ts';
import type { CreateLook } from './model.ts';

// Opening KVM takes milliseconds; half a minute is for a host that swaps.
const timeoutMs = 30_000;

/** Rejects only when cancelled. */
export const tryCreateVm = async (
  exec: Exec,
  qemu: string,
  signal?: AbortSignal,
): Promise<CreateLook> => {
  const commands = ['qmp_capabilities', 'query-kvm', 'quit'];
  try {
    const { stdout } = await exec(
      qemu,
      [
        '-nodefaults',
        '-no-user-config',
        '-display',
        'none',
        '-M',
        'none',
        '-accel',
        'kvm',
        '-S',
      ].concat('-qmp', 'stdio'),
      {
        timeoutMs,
        input: commands.map((execute) => JSON.stringify({ execute })).join('\n'),
        ...(signal ? { signal } : {}),
      },
    );
    // {"return": {"enabled": true, "present": true}}
    const answer =
      stdout
        .split('\n')
        .find((line) => line.includes('"enabled"'))
        ?.trim() ?? '';
    return /"enabled":\s*true/.test(answer)
      ? { kind: 'created', answer }
      : { kind: 'failed', detail: `query-kvm answered ${answer || stdout}` };
  } catch (error) {
    if (isFailure(error, 'job/cancelled') || !isFailure(error)) throw error;
    const { command, params } = error.error;
    if (error.error.code !== 'process/failed' || !command) {
      return { kind: 'failed', detail: `${error.error.code} ${Object.values(params).join(' ')}` };
    }
    // Only QEMU's own refusal is a no; a QEMU that lacks KVM or was killed says nothing about the host.
    return /kvm/i.test(command.stderrTail) && command.exit === 'exit code 1'
      ? { kind: 'refused', stderr: command.stderrTail }
      : { kind: 'failed', detail: `${command.exit} ${command.stderrTail}` };
  }
};
