// The whole compatibility table, in the order it is shown.
import type { TableRow } from './cell.ts';
import { deviceRows } from './devices.ts';
import { engineRows } from './engines.ts';
import { networkRows } from './networks.ts';
import { storageRows } from './storage.ts';

export const tableRows: readonly TableRow[] = [
  ...engineRows,
  ...networkRows,
  ...storageRows,
  ...deviceRows,
];
