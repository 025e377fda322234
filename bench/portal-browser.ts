import { type Browser as Chromium, chromium } from '@playwright/test';
import config from '../playwright.config';
import type { Sample } from './harness/benchmark';

/** Weighs what a browser without a cache fetches for a page. */
export class Browser {
  private constructor(private readonly chromium: Chromium) {}

  static async start(): Promise<Browser> {
    return new Browser(await chromium.launch(config.use?.launchOptions ?? {}));
  }

  stop(): Promise<void> {
    return this.chromium.close();
  }

  /** Opens the page in a context of its own and adds up what was transferred, as compressed, until the network rests. */
  async load(base: string, path: string, cookies: string): Promise<Sample> {
    const context = await this.chromium.newContext({ baseURL: base, viewport: { width: 1360, height: 860 } });
    try {
      await context.addCookies(
        cookies
          .split('; ')
          .filter(Boolean)
          .map((pair) => ({ name: pair.slice(0, pair.indexOf('=')), value: pair.slice(pair.indexOf('=') + 1), url: base })),
      );
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      const kinds = new Map<string, string>();
      const total = { 'JavaScript sent': 0, scripts: 0, 'all sent': 0, requests: 0 };
      session.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type));
      session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
        total['all sent'] += encodedDataLength;
        total.requests++;
        if (kinds.get(requestId) !== 'Script') return;
        total['JavaScript sent'] += encodedDataLength;
        total.scripts++;
      });
      await session.send('Network.enable');
      await page.goto(path);
      // The network rests for half a second before the first poll at 2 s; on a slow machine polls may come between.
      await page.waitForLoadState('networkidle', { timeout: 6_000 }).catch(() => undefined);
      return total;
    } finally {
      await context.close();
    }
  }
}
