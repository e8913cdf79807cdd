// Remembers where the window stood and which ground it had, so that it opens there without a flash. Electron-free.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeJsonFile, type JsonFile } from '../persist/json-file.ts';

export const minSize = { width: 700, height: 480 } as const;
const usualSize = { width: 1180, height: 760 } as const;

const boundsSchema = z.object({
  x: z.number().int().optional(),
  y: z.number().int().optional(),
  width: z.number().int(),
  height: z.number().int(),
});
const memorySchema = z.object({
  version: z.literal(1),
  bounds: boundsSchema,
  isMaximized: z.boolean(),
  theme: z.enum(['system', 'light', 'dark']),
});
type Bounds = z.infer<typeof boundsSchema>;
export type WindowMemory = z.infer<typeof memorySchema>;

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const usual: WindowMemory = { version: 1, bounds: usualSize, isMaximized: false, theme: 'system' };

const memoryFile = (folder: string): JsonFile<WindowMemory> => ({
  path: join(folder, 'window.json'),
  schema: memorySchema,
  version: 1,
});

/** Read at once: the window waits for it. Anything unreadable means the usual place. */
export const readWindowMemory = (folder: string): WindowMemory => {
  try {
    return memorySchema.parse(JSON.parse(readFileSync(memoryFile(folder).path, 'utf8')));
  } catch {
    return usual;
  }
};

export const writeWindowMemory = (folder: string, memory: WindowMemory): Promise<void> =>
  writeJsonFile(memoryFile(folder), memory);

/** Fits remembered bounds to the screens of today: a window nobody can reach is centred anew. */
export const fitBounds = (
  bounds: Bounds,
  areas: readonly Area[],
): Area | Pick<Area, 'width' | 'height'> => {
  const { x, y } = bounds;
  const home = areas.find(
    (area) =>
      x !== undefined &&
      y !== undefined &&
      x + bounds.width > area.x + 80 &&
      x < area.x + area.width - 80 &&
      y >= area.y &&
      y < area.y + area.height - 40,
  );
  const largest = home ?? areas[0];
  const width = Math.max(minSize.width, Math.min(bounds.width, largest?.width ?? bounds.width));
  const height = Math.max(
    minSize.height,
    Math.min(bounds.height, largest?.height ?? bounds.height),
  );
  if (!home || x === undefined || y === undefined) return { width, height };
  return { x, y, width, height };
};
