// Loaded into the app with -r for one measurement only: SIGUSR2 hides the window, on the tab that
// BENCH_TAB names. (A test driver that is attached keeps a hidden page awake, so none is.)
const { BrowserWindow } = require('electron');

process.on('SIGUSR2', () => {
  const [window] = BrowserWindow.getAllWindows();
  const tab = JSON.stringify(process.env.BENCH_TAB ?? '');
  const focusTab = `[...document.querySelectorAll('[role=tab]')].find((tab) => tab.textContent === ${tab})?.focus()`;
  void window.webContents.executeJavaScript(focusTab).then(() => {
    setTimeout(() => window.hide(), 3000);
  });
});
