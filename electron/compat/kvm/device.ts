// Looks at the KVM device node: is it there, may we open it for reading and writing.
import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { DeviceLook } from './model.ts';

const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Never rejects. */
export const lookAtDevice = async (path: string): Promise<DeviceLook> => {
  let facts: { mode: string; uid: number; gid: number };
  try {
    const found = await stat(path);
    if (!found.isCharacterDevice()) {
      return { kind: 'absent', detail: `${path} is not a device` };
    }
    facts = { mode: (found.mode & 0o7777).toString(8), uid: found.uid, gid: found.gid };
  } catch (error) {
    const detail = messageOf(error);
    return errnoOf(error) === 'ENOENT' ? { kind: 'absent', detail } : { kind: 'failed', detail };
  }
  try {
    // Not as our terminal, whatever the path leads to.
    const handle = await open(path, constants.O_RDWR | constants.O_NOCTTY);
    await handle.close();
    return { kind: 'opened', ...facts };
  } catch (error) {
    const detail = messageOf(error);
    switch (errnoOf(error)) {
      case 'EACCES':
      case 'EPERM':
        return { kind: 'denied', ...facts, detail };
      case 'EBUSY':
        return { kind: 'busy', detail };
      case 'ENOENT':
      case 'ENODEV':
      case 'ENXIO': // a node without its driver: the module is not loaded
        return { kind: 'absent', detail };
      default:
        return { kind: 'failed', detail };
    }
  }
};
