// `--demo`.
import type { Env } from '../paths.ts';
export const runDemo = async (_options: {
  readonly screenshot: string;
  readonly env: Env;
}): Promise<void> => {
  throw new Error('not yet');
};
