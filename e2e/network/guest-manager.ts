// The manager's side of changes to the host, alone in plain Node inside the Debian guest: the real broker, journal and
// look at connectivity. Obeys JSON lines from stdin and answers each with one on stdout:
//   {"do":"perform","steps":[...]}  keep, rollBack, undo {"id"}  undoAll  connectivity {"id"}  list
import { createInterface } from 'node:readline';
import { createHostChanges, type PrivilegedStep } from '../../electron/networks/host-changes.ts';
import { lookAtConnectivity } from '../../electron/networks/connectivity.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import { createPrivilegedBroker } from '../../electron/privileged/broker.ts';
import { createExec } from '../../electron/process/exec.ts';
import { isFailure } from '../../shared/contract/errors.ts';
import type { HostChange } from '../../shared/model/network-plan.ts';
import { text } from '../../shared/model/text.ts';

export type Order =
  | { readonly do: 'perform'; readonly steps: readonly PrivilegedStep[] }
  | { readonly do: 'keep' | 'rollBack' | 'undo' | 'connectivity'; readonly id: string }
  | { readonly do: 'undoAll' | 'list' | 'status' };

const exec = createExec(silentLogger);
const broker = createPrivilegedBroker({ exec, log: silentLogger });
/** What the state, and so the window, is told. */
const shown = new Map<string, HostChange>();
const changes = createHostChanges({
  broker,
  stateDir: process.argv[2] ?? '/nowhere',
  log: silentLogger,
  now: Date.now,
  dispatch: (event) => {
    if (event.kind === 'hostChange') shown.set(event.change.id, event.change);
    else shown.delete(event.id);
  },
  connectivity: (bridge) => lookAtConnectivity({ exec, env: process.env }, bridge),
});

const obey = (order: Order): unknown => {
  switch (order.do) {
    case 'perform':
      return changes.perform(order.steps, text('network.why.setUp', { network: 'Office' }));
    case 'connectivity':
      return changes.connectivity(order.id);
    case 'keep':
    case 'rollBack':
    case 'undo':
      return changes[order.do](order.id);
    case 'undoAll':
      return changes.undoAll();
    case 'status':
      return broker.status();
    case 'list':
      return [...shown.values()];
  }
};

const tell = (answer: unknown): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);

await changes.settle();
tell({ result: changes.list() });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    tell({ result: (await obey(JSON.parse(line) as Order)) ?? null });
  } catch (error) {
    tell({
      error: isFailure(error) ? error.error.code : String(error),
      params: isFailure(error) ? error.error.params : {},
    });
  }
}
