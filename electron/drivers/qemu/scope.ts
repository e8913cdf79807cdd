// A systemd scope per VM, where the user's systemd runs.
import { inScope } from '../../process/scope.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** argv that puts the following program into a scope of its own; it keeps its pid. Empty = not possible here. */
export const scopePrefix = (env: Env, id: string, token: string): readonly string[] =>
  inScope(env, `polyvisor-vm-${id}-${token}`);
