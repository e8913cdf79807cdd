// The roles this program can run without a window. Add a row here for a new one.
import { fabric } from '../fabric/role.ts';
import { echo } from './echo.ts';
import type { Role } from './role.ts';

const roles: Readonly<Record<string, Role>> = { echo, fabric };

/** Those that carry traffic: in Electron they run in a thread of their own. */
export const threadedRoles: ReadonlySet<string> = new Set(['fabric']);

export const roleNames = Object.keys(roles) as readonly string[];
export const findRole = (name: string): Role | undefined =>
  Object.hasOwn(roles, name) ? roles[name] : undefined;
