// The window as a person uses it: list, tabs, actions, dialogs. Names are those on the screen.
import type { Locator, Page } from '@playwright/test';

export type Tab = 'Overview' | 'Console' | 'Hardware' | 'Log';

export class MainPage {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  readonly tryDemo = (): Promise<void> =>
    this.page.getByRole('button', { name: 'Try the demo' }).click();

  row(name: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByText(name, { exact: true }) });
  }

  /** The state in words beside the machine's name, in its row. */
  readonly stateOf = (name: string): Locator => this.row(name).locator('.st').first();

  readonly select = (name: string): Promise<void> => this.row(name).click();

  readonly openTab = (tab: Tab): Promise<void> => this.page.getByRole('tab', { name: tab }).click();

  /** Drops a file from a file manager onto the middle of the window. */
  readonly dropFile = async (path: string): Promise<void> => {
    const session = await this.page.context().newCDPSession(this.page);
    const data = { items: [], files: [path], dragOperationsMask: 1 };
    const size = await this.page.evaluate(() => ({ x: innerWidth / 2, y: innerHeight / 2 }));
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, ...size, data });
    }
    await session.detach();
  };

  /** In the hardware of a machine that is off: its boot ROM asks for an address, so no system has to start. */
  readonly bootFromNetwork = async (): Promise<void> => {
    const boot = this.page.getByRole('region', { name: 'Boot order' });
    await boot.getByRole('checkbox', { name: 'Network' }).click();
    for (const other of ['CD', 'Disk'] as const) {
      const box = boot.getByRole('checkbox', { name: other });
      if (await box.isChecked()) await box.click();
    }
  };

  readonly createAndStart = (): Promise<void> =>
    this.page.getByRole('button', { name: 'Create and start' }).click();

  /** An action of the machine on the page: its buttons, then its menus. */
  readonly act = async (
    action:
      | 'Pause'
      | 'Resume'
      | 'Save state'
      | 'Reset'
      | 'Shut down'
      | 'Power off'
      | 'Start'
      | 'Continue',
  ): Promise<void> => {
    const header = this.page.locator('header.ph');
    const button = header.getByRole('button', { name: action, exact: false });
    const isInMenu = action === 'Save state' || action === 'Reset' || action === 'Power off';
    if (!isInMenu && (await button.count()) > 0) {
      await button.first().click();
      return;
    }
    await header.getByRole('button', { name: 'Save, reset or power off' }).click();
    await this.page.getByRole('menuitem', { name: action }).click();
  };

  readonly delete = async (withDisks: boolean): Promise<void> => {
    await this.page.locator('header.ph').getByRole('button', { name: 'More for this' }).click();
    await this.page.getByRole('menuitem', { name: 'Delete…' }).click();
    const dialog = this.page.getByRole('alertdialog');
    if (withDisks) await dialog.getByRole('checkbox').click();
    const verb = withDisks ? 'Delete machine and disks' : 'Delete machine';
    await dialog.getByRole('button', { name: verb, exact: true }).click();
  };

  readonly createFromDisc = async (path: string, name: string): Promise<void> => {
    await this.dropFile(path);
    await this.page
      .getByText(path.slice(path.lastIndexOf('/') + 1))
      .first()
      .waitFor();
    await this.page.getByRole('textbox', { name: 'Name' }).fill(name);
    await this.createAndStart();
  };

  readonly answerQuit = (
    answer: 'Keep running' | 'Save their state' | 'Shut them down' | 'Do not quit',
  ): Promise<void> =>
    this.page.getByRole('alertdialog').getByRole('button', { name: answer }).click();
}
