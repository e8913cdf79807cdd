// Where a machine's settings file is: asked of no program, so that it disturbs no start and works for a machine that
// VirtualBox cannot read.
import { failure } from '../../../../shared/contract/errors.ts';
import type { VmId } from '../../../../shared/model/brand.ts';
import type { MachineContext } from '../machine-context.ts';
import { registered } from '../watch-poll.ts';

/** Rejects with `vm/not-found`. */
export const settingsFileOf = async (
  { ctx }: Pick<MachineContext, 'ctx'>,
  vm: VmId,
): Promise<string> => {
  const path = (await registered(ctx.env)).get(vm);
  if (path === undefined) throw failure('vm/not-found', { id: vm });
  return path;
};
