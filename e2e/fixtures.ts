import { type Browser, test as base, expect, type Page } from '@playwright/test';
import { DEMO_PASSWORD, type SIGN_INS } from '../local/sign-ins';

type Email = (typeof SIGN_INS)[number]['email'];
type State = Awaited<ReturnType<Awaited<ReturnType<Browser['newContext']>>['storageState']>>;

/** Fills in the sign-in page as a person does. */
export async function signIn(page: Page, email: string, password: string = DEMO_PASSWORD): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

const sessions = new Map<Email, State>();

/** A page of a person, with a browser context of its own. Each person signs in once a run. */
async function pageOf(browser: Browser, email: Email): Promise<Page> {
  const known = sessions.get(email);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...(known ? { storageState: known } : {}) });
  const page = await context.newPage();
  if (!known) {
    await signIn(page, email);
    await expect(page).toHaveURL(/\/streams/);
    sessions.set(email, await context.storageState());
  }
  return page;
}

interface People {
  asBuilder: Page;
  asTeamLead: Page;
  asPlatformAdmin: Page;
  asAuditor: Page;
  /** A builder of another team. */
  asForeignBuilder: Page;
}

const person =
  (email: Email) =>
  async ({ browser }: { browser: Browser }, use: (page: Page) => Promise<void>) => {
    const page = await pageOf(browser, email);
    await use(page);
    await page.context().close();
  };

export const test = base.extend<People>({
  asBuilder: person('bea@shop.example'),
  asTeamLead: person('lena@shop.example'),
  asPlatformAdmin: person('pat@platform.example'),
  asAuditor: person('aud@platform.example'),
  asForeignBuilder: person('ben@billing.example'),
});
export { expect };
