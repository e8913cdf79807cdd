// Where Electron enters: reads the command line and starts the window, the demo or a headless role.
// Nothing is awaited at the top level: an ES module main that waits for `ready` there never gets it.
import { app } from 'electron';
import { runDemo } from './shell/demo.ts';
import { startDesktop } from './shell/desktop.ts';
import { launchRole } from './shell/role-launcher.ts';
import { helpText, parseStartArgs } from './start-args.ts';

const fail = (error: unknown): void => {
  process.stderr.write(`Polyvisor did not start: ${String(error)}\n`);
  app.exit(1);
};

const start = (): void => {
  const request = parseStartArgs(process.argv.slice(1), {
    cwd: process.cwd(),
    appPath: app.getAppPath(),
  });
  if (request.kind !== 'role' && !app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  switch (request.kind) {
    case 'role':
      launchRole(request.role, request.args);
      return;
    case 'demo':
      runDemo({ screenshot: request.screenshot, env: process.env }).catch(fail);
      return;
    case 'desktop':
      startDesktop({ env: process.env, files: request.files, isInteractive: true })
        .then((desktop) => {
          if (!desktop) app.exit(0);
        })
        .catch(fail);
      return;
    case 'version':
      process.stdout.write(`${app.getVersion()}\n`);
      process.exit(0);
      return;
    case 'help':
      process.stdout.write(helpText);
      process.exit(0);
      return;
    case 'wrong':
      process.stderr.write(`${request.reason}\n${helpText}`);
      process.exit(2);
  }
};

start();
