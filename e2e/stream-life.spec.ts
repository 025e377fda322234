import { expect, test } from './fixtures';
import { receiver, receiverState, shop } from './instance';
import { DeclarePage } from './pages/declare-page';

/** One stream from the first click to the last proof: declared, approved, live, revised, paused, retired. Steps depend on each other. */
test.describe.configure({ mode: 'serial' });

const NAME = 'e2e-orders';
let streamUrl = '';

test('a builder declares a stream with a live preview beside the form and requests its slot', async ({ asBuilder: page }) => {
  const declare = new DeclarePage(page);
  await declare.open();
  await declare.pickSource('shop');
  await declare.pickTable('public.orders');

  // A real row of the shop goes through the real flow.
  const preview = page.getByRole('region', { name: /preview/i });
  await expect(preview).toContainText('ship_to');
  await declare.continue();
  await expect(page.getByRole('checkbox', { name: 'insert' })).toBeChecked();
  // What was typed survives a reload.
  const saved = page.waitForResponse(
    (response) =>
      response.url().endsWith('/api/drafts') &&
      response.request().method() === 'POST' &&
      (response.request().postData() ?? '').includes('no_data'),
  );
  await page.getByRole('radio', { name: 'Only changes from now on' }).click();
  expect((await saved).ok()).toBe(true);
  await expect(page).toHaveURL(/draft=/);
  await page.reload();
  await expect(page.getByRole('radio', { name: 'Only changes from now on' })).toBeChecked();

  await declare.continue();
  await declare.pickSink('receiver');
  await declare.continue();
  await page.getByRole('radio', { name: /^Dead letter/i }).click();
  await declare.continue();

  // Form and YAML are two sides of one thing.
  await page.getByRole('tab', { name: 'YAML' }).click();
  await expect(page.locator('.cm-content')).toContainText('eventStreams:');
  await declare.request(NAME, 'The delivery partner needs to know of new orders.');
  streamUrl = page.url();
  await expect(page.getByText('Waiting for approval').first()).toBeVisible();
});

test('a builder is told what is wrong with a field, its value and the remedy', async ({ asBuilder: page }) => {
  const declare = new DeclarePage(page);
  await declare.open();
  await page
    .getByRole('navigation', { name: 'Steps' })
    .getByRole('button', { name: /Review/ })
    .click();
  await page.getByLabel('Name', { exact: true }).fill('Not A Name');
  await expect(page.getByText(/use 2 to 40 lower-case letters, digits and hyphens/).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Request approval' })).toBeDisabled();
});

test('a table without a key shows what is possible and the statement that mends it', async ({ asBuilder: page }) => {
  const declare = new DeclarePage(page);
  await declare.open();
  await declare.pickSource('shop');
  await declare.pickTable('public.page_views');
  await expect(page.getByText(/ALTER TABLE .*page_views.* REPLICA IDENTITY FULL/).first()).toBeVisible();
  await declare.continue();
  await expect(page.getByRole('checkbox', { name: 'insert' })).toBeEnabled();
  await expect(page.getByRole('checkbox', { name: 'truncate' })).toBeEnabled();
  await expect(page.getByRole('checkbox', { name: 'update' })).not.toBeChecked();
  await expect(page.getByRole('checkbox', { name: 'update' })).toBeDisabled();
});

test('a platform admin reads the dossier and approves with a WAL budget', async ({ asPlatformAdmin: page }) => {
  await page.goto('/requests');
  await page.getByRole('link', { name: NAME, exact: true }).click();
  await expect(page.getByText(/Approving this uses/).first()).toBeVisible();
  await expect(page.getByText('The delivery partner needs to know of new orders.')).toBeVisible();
  await page.getByLabel('WAL budget', { exact: true }).fill('256');
  await page.getByLabel('Unit of the WAL budget').selectOption({ index: 0 });
  await page.getByRole('button', { name: /^Approve with/ }).click();
  await expect(page.getByText(/^Approved/).first()).toBeVisible();
});

test('the stream goes live and the next order arrives at the receiver', async ({ asBuilder: page }) => {
  await page.goto(streamUrl);
  await expect(page.getByText('Streaming', { exact: true }).first()).toBeVisible();
  const { id } = await receiver('/api/order', { shipTo: 'DE' });
  await expect
    .poll(async () => (await receiverState()).latest.some(({ key, op, status }) => key === `{"id":${id}}` && op === 'c' && status === 200))
    .toBe(true);
  // The portal shows what the server's own catalog says.
  const [slot] = await shop<{ slot_name: string; active: boolean }>(
    `select slot_name, active from pg_replication_slots where slot_name like 'spillway_e2e_orders_%'`,
  );
  expect(slot?.active).toBe(true);
  await expect(page.getByText(slot?.slot_name ?? 'no slot').first()).toBeVisible();
  await page.goto('/slots');
  await expect(page.getByText(slot?.slot_name ?? 'no slot').first()).toBeVisible();
});

test('pause and resume, each with its reason in the timeline', async ({ asBuilder: page }) => {
  await page.goto(streamUrl);
  await page.getByRole('button', { name: /^Pause/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('Partner moves their endpoint tonight');
  await dialog.getByRole('button', { name: /^Pause/ }).click();
  await expect(page.getByText('Paused', { exact: true }).first()).toBeVisible();
  await expect(page.getByText(/Partner moves their endpoint tonight/).first()).toBeVisible();
  const { id } = await receiver('/api/order', { shipTo: 'DE' });
  await page.getByRole('button', { name: /^Resume/ }).click();
  await expect(page.getByText('Streaming', { exact: true }).first()).toBeVisible();
  // What was committed while paused is not lost.
  await expect.poll(async () => (await receiverState()).latest.some(({ key, op }) => key === `{"id":${id}}` && op === 'c')).toBe(true);
});

test('retiring leaves no slot and no publication behind and says so from the server', async ({ asTeamLead: page }) => {
  await page.goto(streamUrl);
  await page.getByRole('button', { name: /^Retire/ }).click();
  const dialog = page.getByRole('dialog').or(page.getByRole('alertdialog'));
  await dialog.getByRole('textbox').fill(NAME);
  await dialog.getByRole('button', { name: /^Retire/ }).click();
  await expect(page.getByText('Retired', { exact: true }).first()).toBeVisible();
  const left = await shop<{ slots: number; publications: number }>(
    `select (select count(*)::int from pg_replication_slots where slot_name like 'spillway_e2e_orders_%') as slots,
            (select count(*)::int from pg_publication where pubname like 'spillway_e2e_orders_%') as publications`,
  );
  expect(left[0]).toEqual({ slots: 0, publications: 0 });
});
