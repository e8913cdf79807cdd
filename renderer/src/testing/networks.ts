// Networks and adapters for specs of the window.
import { testNetwork } from '../../../shared/testing/network.ts';
import type { Nic, NicAttachment } from '../../../shared/model/network.ts';
import {
  networkRowSchema,
  networkSchema,
  toNetworkId,
  type Network,
  type NetworkRow,
} from '../../../shared/model/networks.ts';
import type { Vm } from '../../../shared/model/vm.ts';
import type { AppState } from '../../../shared/state/app-state.ts';

const bodySchema = networkSchema.unwrap().omit({ id: true });
export const networkBody = (name: string, more: Partial<Network> = {}) => {
  const { id: _id, ...body } = testNetwork({ name, ...more });
  return bodySchema.parse(body);
};

export const rowOf = (
  name: string,
  more: Partial<Network> = {},
  status: Partial<NetworkRow['status']> = {},
): NetworkRow =>
  networkRowSchema.parse({
    network: { ...networkBody(name, more), id: toNetworkId(name) },
    status: { state: 'up', limits: [], ...status },
  });

export const withNetworks = (state: AppState, ...rows: readonly NetworkRow[]): AppState => ({
  ...state,
  networks: Object.fromEntries(rows.map((row) => [row.network.id, row])),
});

/** The machine with these ways out, an adapter each. */
export const attachedTo = (vm: Vm, ...attachments: readonly NicAttachment[]): Vm => ({
  ...vm,
  definition: {
    ...vm.definition,
    config: {
      ...vm.definition.config,
      nics: attachments.map((attachment, index): Nic => ({
        id: `nic${index}`,
        model: 'e1000',
        mac: `52:54:00:00:0${index}:${vm.definition.id.slice(-2)}`,
        isCableConnected: true,
        attachment,
      })),
    },
  },
});
