// System file choosers, always attached to the window.
import { dialog, type BrowserWindow, type FileFilter } from 'electron';
import { format } from '../../shared/i18n/format.ts';
import type { ShellPort } from '../ipc/shell-port.ts';

const disk: FileFilter = {
  name: format('dialog.filter.disk'),
  extensions: ['qcow2', 'raw', 'img', 'vdi', 'vmdk', 'vhd', 'vhdx'],
};
const optical: FileFilter = { name: format('dialog.filter.optical'), extensions: ['iso', 'cdr'] };
const floppy: FileFilter = {
  name: format('dialog.filter.floppy'),
  extensions: ['img', 'ima', 'flp', 'vfd'],
};
const all: FileFilter = { name: format('dialog.filter.all'), extensions: ['*'] };

const filters: Readonly<Record<Parameters<ShellPort['openFile']>[0], FileFilter[]>> = {
  disk: [disk, all],
  optical: [optical, all],
  floppy: [floppy, all],
  any: [
    {
      name: format('dialog.filter.any'),
      extensions: [...optical.extensions, ...disk.extensions, ...floppy.extensions],
    },
    all,
  ],
};

const saveFilters: Readonly<Record<Parameters<ShellPort['saveFile']>[0], FileFilter[]>> = {
  screenshot: [{ name: format('dialog.filter.png'), extensions: ['png'] }],
  report: [{ name: format('dialog.filter.text'), extensions: ['txt'] }],
  capture: [{ name: format('dialog.filter.pcap'), extensions: ['pcap'] }],
};

type Owner = () => BrowserWindow | undefined;

export const createOpenFile =
  (owner: Owner): ShellPort['openFile'] =>
  async (purpose) => {
    const window = owner();
    if (!window) return null;
    const options = { properties: ['openFile' as const], filters: filters[purpose] };
    const { canceled, filePaths } = await dialog.showOpenDialog(window, options);
    return canceled ? null : (filePaths[0] ?? null);
  };

export const createSaveFile =
  (owner: Owner): ShellPort['saveFile'] =>
  async (purpose, name) => {
    const window = owner();
    if (!window) return null;
    // A suggested name is a name: a path in it would choose the folder for the person.
    const defaultPath = name.replaceAll(/[/\\\0]/g, '-').slice(0, 200);
    const options = { defaultPath, filters: saveFilters[purpose] };
    const { canceled, filePath } = await dialog.showSaveDialog(window, options);
    return canceled || filePath === '' ? null : filePath;
  };
