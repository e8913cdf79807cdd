// The commands about networks, as the window calls them. Every one rejects with AppFailure.
import type { AppContract } from '../../shared/contract/contract.ts';
import type { Handlers } from '../../shared/contract/define.ts';
import { failure } from '../../shared/contract/errors.ts';

export type NetworkCommands = Handlers<AppContract>['network'];

const unavailable = (): never => {
  throw failure('privileged/not-installed', {});
};

/** For a composition without networks. */
export const noNetworkCommands: NetworkCommands = {
  create: unavailable,
  edit: unavailable,
  remove: unavailable,
  suggest: unavailable,
  check: unavailable,
  previewSetUp: unavailable,
  setUp: unavailable,
  planNic: unavailable,
  attach: unavailable,
  keep: unavailable,
  rollBack: unavailable,
  connectivity: unavailable,
  undo: unavailable,
  undoAll: unavailable,
  live: unavailable,
  addresses: unavailable,
  uplinks: unavailable,
  addForward: unavailable,
  removeForward: unavailable,
  testForward: unavailable,
  portHolder: unavailable,
  startCapture: unavailable,
  stopCapture: unavailable,
};
