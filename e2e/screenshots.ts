import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { DEMO_PASSWORD } from '../local/sign-ins';
import { stateFolder } from '../local/state';
import config from '../playwright.config';

/** Takes the pictures of docs/screenshots from a running demo: `npm start`, then `npm run screenshots`. */
const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs/screenshots');
const { portal, receiver } = JSON.parse(readFileSync(join(stateFolder(root), 'ports.json'), 'utf8')) as {
  portal: number;
  receiver: number;
};
const base = `http://127.0.0.1:${portal}`;
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch(config.use?.launchOptions ?? {});

async function as(email: string, options: { dark?: boolean; narrow?: boolean } = {}): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({
    baseURL: base,
    viewport: options.narrow ? { width: 380, height: 800 } : { width: 1360, height: 860 },
    colorScheme: options.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto('/sign-in');
  if (email === 'nobody') return { page, context };
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(DEMO_PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/streams/);
  return { page, context };
}

/** Waits until what the page asks for has come, then takes the picture. */
async function shoot(page: Page, name: string, fullPage = true): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: 8_000 }).catch(() => undefined);
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
  console.log(`docs/screenshots/${name}.png`);
}

async function open(page: Page, list: string, name: string): Promise<void> {
  await page.goto(list);
  await page.getByRole('link', { name, exact: true }).first().click();
  await page.getByRole('heading', { level: 1, name: new RegExp(name) }).waitFor();
}

async function declare(page: Page): Promise<void> {
  await page.goto('/streams/new');
  await page.getByRole('radio', { name: 'shop', exact: true }).click();
  await page.getByRole('button', { name: /^Continue to/ }).click();
  await page.getByRole('radio', { name: 'public.orders', exact: true }).click();
  await page
    .getByRole('region', { name: /preview/i })
    .getByText('ship_to')
    .first()
    .waitFor();
}

const nobody = await as('nobody');
await shoot(nobody.page, 'sign-in', false);

const builder = await as('bea@shop.example');
await declare(builder.page);
await shoot(builder.page, 'declare', false);
await builder.context.close();

const lead = await as('lena@shop.example');
await lead.page.goto('/streams');
await shoot(lead.page, 'streams', false);
await open(lead.page, '/streams', 'shop-orders');
await shoot(lead.page, 'stream');
await lead.page.goto('/dead-letters');
await lead.page
  .getByText(/The receiver answered/)
  .first()
  .click();
await lead.page
  .getByText(/^\{"id":/)
  .first()
  .click();
await lead.page.getByText('Attempts', { exact: false }).first().waitFor();
await shoot(lead.page, 'dead-letters', false);

const admin = await as('pat@platform.example');
await open(admin.page, '/requests', 'shop-customers');
await admin.page
  .getByText(/Approving this uses/)
  .first()
  .waitFor();
await shoot(admin.page, 'request', false);
await admin.page.goto('/slots');
await shoot(admin.page, 'slots', false);
await open(admin.page, '/sources', 'shop');
await admin.page.getByRole('button', { name: 'Test connection' }).click();
await admin.page.getByText('wal_level', { exact: true }).first().waitFor();
await shoot(admin.page, 'source');
await admin.page.goto('/sinks');
await shoot(admin.page, 'sink-targets', false);
await admin.page.goto('/audit');
await shoot(admin.page, 'audit', false);

const dark = await as('lena@shop.example', { dark: true });
await open(dark.page, '/streams', 'shop-orders');
await shoot(dark.page, 'stream-dark', false);
const narrow = await as('lena@shop.example', { narrow: true });
await open(narrow.page, '/streams', 'shop-orders');
await shoot(narrow.page, 'stream-narrow', false);
const demo = await as('nobody');
await demo.page.goto(`http://127.0.0.1:${receiver}/`);
await demo.page.getByRole('cell').first().waitFor();
await shoot(demo.page, 'receiver', false);
await browser.close();
