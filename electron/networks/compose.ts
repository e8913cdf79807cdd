// Builds the networks of the core from its ports: the fabric, the privileged program, this computer.
import { join } from 'node:path';
import { createFabric } from '../fabric/client.ts';
import type { Env } from '../paths.ts';
import { createPrivilegedBroker, type PrivilegedPlaces } from '../privileged/broker.ts';
import type { Exec } from '../process/exec.ts';
import { lookAtConnectivity } from './connectivity.ts';
import { createHostChanges } from './host-changes.ts';
import { lookForNetworkTools, type NetworkTools } from './host-tools.ts';
import { createNetworkHost } from './host.ts';
import { createNetworks, type Networks, type NetworksDeps } from './networks.ts';

/** Instead of this computer: tests of hosts we do not have. */
export interface NetworkPlaces {
  readonly root?: string;
  readonly networkTools?: () => Promise<NetworkTools>;
  readonly privileged?: PrivilegedPlaces;
}

export const composeNetworks = (
  deps: Omit<NetworksDeps, 'fabric' | 'host' | 'changes'> & {
    readonly exec: Exec;
    readonly env: Env;
    readonly roleCommand: ((role: string) => readonly string[]) | undefined;
    readonly places: NetworkPlaces;
  },
): Networks => {
  const { log, paths, env, exec, places, store, now } = deps;
  const inNode = (role: string): readonly string[] => [
    process.execPath,
    join(paths.resources, 'core', 'role.mjs'),
    role,
  ];
  const fabric = createFabric({
    paths,
    log: log.scoped('fabric'),
    command: (deps.roleCommand ?? inNode)('fabric'),
    env,
  });
  const broker = createPrivilegedBroker(
    { exec, log: log.scoped('privileged') },
    places.privileged ?? {},
  );
  const changes = createHostChanges({
    broker,
    stateDir: paths.state,
    log: log.scoped('changes'),
    now,
    dispatch: store.dispatch,
    connectivity: (bridge) => lookAtConnectivity({ exec, env }, bridge),
  });
  const host = createNetworkHost({
    root: places.root ?? '/',
    lookForTools: places.networkTools ?? (() => lookForNetworkTools({ exec })),
    changes: changes.list,
    hasHelper: () => broker.argv() !== undefined,
  });
  return createNetworks({ ...deps, log: log.scoped('networks'), fabric, host, changes });
};
