// Handlers of the group `network`: the commands of electron/networks/, one line each.
import type { AppContract } from '../../shared/contract/contract.ts';
import type { Handlers } from '../../shared/contract/define.ts';
import type { NetworkCommands } from '../networks/commands.ts';

export const createNetworkHandlers = (
  networks: NetworkCommands,
): Handlers<AppContract>['network'] => ({
  create: (args) => networks.create(args),
  edit: (args) => networks.edit(args),
  remove: (args) => networks.remove(args),
  suggest: (args) => networks.suggest(args),
  check: (args) => networks.check(args),
  previewSetUp: (args) => networks.previewSetUp(args),
  setUp: (args) => networks.setUp(args),
  planNic: (args) => networks.planNic(args),
  attach: (args) => networks.attach(args),
  keep: (args) => networks.keep(args),
  rollBack: (args) => networks.rollBack(args),
  connectivity: (args) => networks.connectivity(args),
  undo: (args) => networks.undo(args),
  undoAll: (args) => networks.undoAll(args),
  live: (args) => networks.live(args),
  addresses: (args) => networks.addresses(args),
  uplinks: (args) => networks.uplinks(args),
  addForward: (args) => networks.addForward(args),
  removeForward: (args) => networks.removeForward(args),
  testForward: (args) => networks.testForward(args),
  portHolder: (args) => networks.portHolder(args),
  startCapture: (args) => networks.startCapture(args),
  stopCapture: (args) => networks.stopCapture(args),
});
