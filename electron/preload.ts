// The only thing between the page and main: forwards names and values, knows no schema. Prefix `polyvisor:`.
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import type { Bridge, Result } from '../shared/contract/define.ts';

const bridge: Bridge = {
  invoke: (channel, args) =>
    ipcRenderer.invoke('polyvisor:invoke', channel, args) as Promise<Result>,
  subscribe: (channel, listener) => {
    const name = `polyvisor:${channel}`;
    const forward = (_event: IpcRendererEvent, payload: unknown): void => listener(payload);
    ipcRenderer.on(name, forward);
    return () => {
      ipcRenderer.off(name, forward);
    };
  },
  pathForFile: (file) => webUtils.getPathForFile(file as File),
};
contextBridge.exposeInMainWorld('polyvisor', bridge);

// A MessagePort cannot cross the context bridge: consoles arrive as window messages.
ipcRenderer.on('polyvisor:port', (event, channel: string) => {
  window.postMessage({ polyvisorPort: channel }, window.location.origin, event.ports);
});
