// The commands about networks, as the window calls them. Every one rejects with AppFailure.
import type { AppContract } from '../../shared/contract/contract.ts';
import type { Handlers } from '../../shared/contract/define.ts';

export type NetworkCommands = Handlers<AppContract>['network'];
