// What main.tsx hands to the components: the typed client, topics and file paths. Never the raw bridge.
import { createContext, useContext } from 'react';
import type { Bridge } from '../../../shared/contract/define.ts';
import { createClient, createSubscribe, type AppClient, type Subscribe } from './client.ts';

export interface Backstage {
  readonly client: AppClient;
  readonly subscribe: Subscribe;
  readonly pathForFile: (file: File) => string;
}

export const createBackstage = (bridge: Bridge): Backstage => ({
  client: createClient(bridge),
  subscribe: createSubscribe(bridge),
  pathForFile: (file) => bridge.pathForFile(file),
});

export const BackstageContext = createContext<Backstage | undefined>(undefined);

export const useBackstage = (): Backstage => {
  const backstage = useContext(BackstageContext);
  if (!backstage) throw new Error('BackstageContext is missing');
  return backstage;
};
export const useClient = (): AppClient => useBackstage().client;
