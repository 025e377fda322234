import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';

/** Every page of the portal passes axe (WCAG 2.1 A and AA), in both themes and on a narrow screen; nothing scrolls sideways there. */
async function check(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  await page.waitForLoadState('networkidle').catch(() => undefined);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
    expect(found, `${path}, ${colorScheme}`).toEqual([]);
  }
  await page.setViewportSize({ width: 380, height: 800 });
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(sideways, `${path} scrolls sideways on a narrow screen`).toBeLessThanOrEqual(1);
  await page.setViewportSize({ width: 1440, height: 900 });
}

async function linkOn(page: Page, list: string, name: string): Promise<string> {
  await page.goto(list);
  return (await page.getByRole('link', { name, exact: true }).first().getAttribute('href')) ?? '/missing';
}

test('the sign-in page', async ({ page }) => {
  await check(page, '/sign-in');
});

for (const path of [
  '/streams',
  '/dead-letters',
  '/requests',
  '/slots',
  '/sources',
  '/sources/new',
  '/sinks',
  '/sinks/new',
  '/audit',
] as const) {
  test(`${path} as a platform admin`, async ({ asPlatformAdmin: page }) => {
    await check(page, path);
  });
}

test('declare and import a stream', async ({ asBuilder: page }) => {
  await check(page, '/streams/new');
  await check(page, '/streams/import');
});

test('a stream, its revision wizard and the inbox as a team lead', async ({ asTeamLead: page }) => {
  const stream = await linkOn(page, '/streams', 'shop-orders');
  await check(page, stream);
  await check(page, `${stream}/revise`);
  await check(page, '/dead-letters');
});

test('a request, a source and a sink target as a platform admin', async ({ asPlatformAdmin: page }) => {
  await check(page, await linkOn(page, '/requests', 'shop-customers'));
  await check(page, await linkOn(page, '/sources', 'shop'));
  await check(page, await linkOn(page, '/sinks', 'receiver'));
});
