import { expect, test } from './fixtures';
import { receiver, receiverState } from './instance';

test.describe.configure({ mode: 'serial' });

test('a refused order becomes a dead letter; the lead mends the cause, previews and replays it', async ({ asTeamLead: page }) => {
  await receiver('/api/behaviour', { mode: 'accepting', knowsXk: false });
  const { id } = await receiver('/api/order', { shipTo: 'XK' });
  await page.goto('/dead-letters');
  await expect(page.getByText(/country XK is not in the list of countries/).first()).toBeVisible();
  await page
    .getByText(/country XK is not in the list of countries/)
    .first()
    .click();
  const letter = page.getByText(`{"id":${id}}`).first();
  await expect(letter).toBeVisible();
  await letter.click();

  // Input, output and error side by side.
  await expect(page.getByText(/422/).first()).toBeVisible();

  await receiver('/api/behaviour', { knowsXk: true });
  await page
    .getByRole('button', { name: /^Replay/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(/key/);
  await dialog.getByRole('button', { name: /^Replay/ }).click();
  await expect
    .poll(
      async () => (await receiverState()).latest.some(({ key, op, status }) => key === `{"id":${id}}` && op === 'c' && status === 200),
      { timeout: 60_000 },
    )
    .toBe(true);
  await receiver('/api/behaviour', { knowsXk: false });
});

test('an auditor reads the letters and can change nothing', async ({ asAuditor: page }) => {
  await page.goto('/dead-letters');
  await expect(page.getByRole('heading', { name: 'Dead letters' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Replay/ })).toHaveCount(0);
  await expect(page.getByRole('button', { name: /^Discard/ })).toHaveCount(0);
});
