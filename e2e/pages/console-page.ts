// The console tab: what the guest shows and prints, and typing into it.
import { expect, type Locator, type Page } from '@playwright/test';

export class ConsolePage {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  get screen(): Locator {
    return this.page.locator('[data-guest-keys="screen"] canvas');
  }
  get terminal(): Locator {
    return this.page.locator('[data-guest-keys="serial"]');
  }

  readonly show = (which: 'Screen' | 'Serial' | 'Both'): Promise<void> =>
    this.page.getByRole('radio', { name: which }).click();

  /** What the serial console shows now. */
  readonly serialText = async (): Promise<string> => {
    const lines = await this.page.locator('.xterm-rows > div').allInnerTexts();
    return lines.map((line) => line.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
  };

  readonly expectSerial = async (pattern: RegExp, timeout = 120_000): Promise<void> => {
    await expect.poll(this.serialText, { timeout }).toMatch(pattern);
  };

  /** Both consoles, with a guest that listens: keys before READY are lost on it. */
  readonly showReady = async (): Promise<void> => {
    await this.show('Both');
    await this.expectSerial(/READY/);
  };

  /** Sharp changes along the rows of the guest's screen: a blank screen has none. */
  readonly edges = (): Promise<number> =>
    this.screen.evaluateAll(([element]) => {
      const canvas = element as HTMLCanvasElement | undefined;
      if (!canvas || canvas.width === 0) return 0;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let edges = 0;
      for (let at = 4; at < data.length; at += 4) {
        if (Math.abs(data[at + 1]! - data[at - 3]!) > 60) edges += 1;
      }
      return edges;
    });

  /** Waits until the guest's screen holds text. */
  readonly expectText = async (): Promise<void> => {
    await expect.poll(this.edges, { timeout: 120_000 }).toBeGreaterThan(500);
  };

  /** Clicks into the guest's screen and types. */
  readonly type = async (keys: string): Promise<void> => {
    await this.screen.click();
    await this.page.keyboard.type(keys, { delay: 60 });
  };
}
