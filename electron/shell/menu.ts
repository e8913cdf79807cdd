// The hidden menu: it exists for its accelerators only. A key that the page takes (the console takes all) never
// reaches it.
import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import { format } from '../../shared/i18n/format.ts';

export const setHiddenMenu = (quit: () => void): void => {
  const hidden = { visible: false } as const;
  const items: MenuItemConstructorOptions[] = [
    { role: 'close', accelerator: 'Ctrl+W' },
    { label: format('tray.quit'), accelerator: 'Ctrl+Q', click: quit },
    { role: 'zoomIn', accelerator: 'Ctrl+Plus' },
    { role: 'zoomIn', accelerator: 'Ctrl+=', ...hidden },
    { role: 'zoomOut', accelerator: 'Ctrl+-' },
    { role: 'resetZoom', accelerator: 'Ctrl+0' },
  ];
  const forDevelopers: MenuItemConstructorOptions[] = [
    { role: 'reload', accelerator: 'Ctrl+R' },
    { role: 'toggleDevTools', accelerator: 'Ctrl+Shift+I' },
  ];
  const submenu = app.isPackaged ? items : [...items, ...forDevelopers];
  Menu.setApplicationMenu(Menu.buildFromTemplate([{ label: 'Polyvisor', submenu }]));
};
