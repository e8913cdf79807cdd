// The shell keeps what it promises: the page can run only its own code, go nowhere, and ask for little.
import { spawn } from 'node:child_process';
import { expect, test } from '../fixtures/world.ts';
import { electronArgs, electronBinary } from '../fixtures/electron-binary.ts';
import { eventually } from '../fixtures/processes.ts';

test('the page cannot run made-up code, leave, open windows or get permissions', async ({
  world,
}) => {
  await world.start();
  const page = world.page();
  const violations: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) violations.push(message.text());
  });

  // From the page's own code: a script element stands for it, since a debugger may pass by the policy.
  const ran = await page.evaluate(async () => {
    const done: string[] = [];
    (window as unknown as { done: (what: string) => void }).done = (what) => done.push(what);
    const inline = document.createElement('script');
    inline.textContent = 'window.done("inline script")';
    document.head.append(inline);
    const button = document.createElement('button');
    button.setAttribute('onclick', 'window.done("inline handler")');
    document.body.append(button);
    button.click();
    button.remove();
    const frame = document.createElement('iframe');
    frame.src = 'https://example.org/';
    document.body.append(frame);
    await new Promise((resolve) => setTimeout(resolve, 300));
    frame.remove();
    return done;
  });
  expect(ran).toEqual([]);
  await expect.poll(() => violations.length).toBeGreaterThanOrEqual(2);
  // A timer's string is compiled later, on the page's own stack: that is eval without a debugger.
  const evaluated = await page.evaluate(async () => {
    (window as unknown as { evaluated: boolean }).evaluated = false;
    try {
      // eslint-disable-next-line @typescript-eslint/no-implied-eval -- what is tested
      setTimeout('window.evaluated = true', 0);
    } catch {
      // Refused at once is as good.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    return (window as unknown as { evaluated: boolean }).evaluated;
  });
  expect(evaluated).toBe(false);

  const reached = await page.evaluate(async () => {
    const tries = ['https://example.org/', 'file:///etc/passwd', 'app://other/index.html'];
    const answers = await Promise.all(
      tries.map((url) =>
        fetch(url).then(
          (r) => r.ok,
          () => false,
        ),
      ),
    );
    const outside = await fetch('app://polyvisor/..%2f..%2fpackage.json').then((r) => r.status);
    return { answers, outside };
  });
  expect(reached).toEqual({ answers: [false, false, false], outside: 404 });

  const opened = await page.evaluate(() => window.open('https://example.org/') === null);
  expect(opened).toBe(true);
  const url = page.url();
  await page.evaluate(() => {
    location.href = 'https://example.org/';
  });
  await page.waitForTimeout(300);
  expect(page.url()).toBe(url);

  const permissions = await page.evaluate(async () => ({
    notifications: await Notification.requestPermission(),
    geolocation: (await navigator.permissions.query({ name: 'geolocation' })).state,
    camera: await navigator.mediaDevices.getUserMedia({ video: true }).then(
      () => 'granted',
      () => 'denied',
    ),
  }));
  expect(permissions).toEqual({
    notifications: 'denied',
    geolocation: 'denied',
    camera: 'denied',
  });
});

test('the page has no Node, and the bridge takes only calls of the contract', async ({ world }) => {
  await world.start();
  const inside = await world.page().evaluate(async () => {
    const bridge = (
      window as unknown as {
        polyvisor: {
          invoke: (channel: unknown, args: unknown) => Promise<{ ok: boolean; error?: unknown }>;
        };
      }
    ).polyvisor;
    const results = await Promise.all([
      bridge.invoke('vm.explode', {}),
      bridge.invoke('__proto__.toString', {}),
      bridge.invoke('vm.start', { id: '../../etc' }),
      bridge.invoke(42, {}),
      bridge.invoke('app.openExternal', { url: 'file:///etc/passwd' }),
    ]);
    return {
      globals: ['require', 'process', 'module', 'Buffer'].filter((name) => name in window),
      keys: Object.keys(bridge).sort(),
      refused: results.map(({ ok, error }) => ok || (error as { code: string }).code),
    };
  });
  expect(inside.globals).toEqual([]);
  expect(inside.keys).toEqual(['invoke', 'pathForFile', 'subscribe']);
  expect(inside.refused).toEqual(Array<string>(5).fill('ipc/rejected'));
});

test('renderers run in the sandbox', async ({ world }) => {
  test.skip(process.getuid?.() === 0, 'root runs Chromium without its sandbox');
  await world.start();
  const seccomp = await world.electron().evaluate(async ({ BrowserWindow }) => {
    const { readFileSync } = process.getBuiltinModule('fs');
    const pid = BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId();
    return /Seccomp:\s*(\d)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  });
  expect(seccomp).toBe('2');
});

test('a second start hands its file over and ends; the first shows the New machine page', async ({
  world,
}) => {
  await world.start();
  const iso = await world.guest('probe.iso', 'Handed over.iso');
  const second = spawn(electronBinary(), electronArgs(iso), { env: world.env, stdio: 'ignore' });
  await eventually('the second start ended', () => second.exitCode !== null);
  expect(second.exitCode).toBe(0);
  await expect(world.page().getByText('Handed over.iso').first()).toBeVisible();
});

test('a file on the command line opens the New machine page with it', async ({ world }) => {
  const iso = await world.guest('probe.iso', 'From the shell.iso');
  await world.start({ args: [iso] });
  await expect(world.page().getByText('From the shell.iso').first()).toBeVisible();
});
