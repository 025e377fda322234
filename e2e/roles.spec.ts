import { expect, signIn, test } from './fixtures';

test('signed out, every page leads to the sign-in page and every API route answers 401', async ({ page, request }) => {
  for (const path of [
    '/streams',
    '/streams/new',
    '/streams/import',
    '/dead-letters',
    '/slots',
    '/requests',
    '/sources',
    '/sinks',
    '/audit',
  ]) {
    await page.goto(path);
    await expect(page, path).toHaveURL(/\/sign-in/);
  }
  for (const path of [
    '/api/streams',
    '/api/slots',
    '/api/dead-letters/groups',
    '/api/requests',
    '/api/sources',
    '/api/sink-targets',
    '/api/audit',
  ]) {
    expect((await request.get(path, { maxRedirects: 0 })).status(), path).toBe(401);
  }
});

test('a wrong password says so and does not say which part was wrong', async ({ page }) => {
  await signIn(page, 'nobody@shop.example', 'not the password');
  await expect(page.getByText(/password/i).first()).toBeVisible();
  await expect(page).toHaveURL(/\/sign-in/);
});

test("a builder does not see another team's streams", async ({ asForeignBuilder: page, asBuilder }) => {
  await asBuilder.goto('/streams');
  const link = asBuilder.getByRole('link', { name: 'shop-orders', exact: true });
  await expect(link).toBeVisible();
  const address = (await link.getAttribute('href')) ?? '';
  await page.goto('/streams');
  await expect(page.getByRole('heading', { name: 'Streams' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'shop-orders', exact: true })).toHaveCount(0);
  await page.goto(address);
  await expect(page.getByText('There is nothing here')).toBeVisible();
  await expect(page.getByText('shop-orders')).toHaveCount(0);
  expect((await page.request.get(`/api${address}`)).status()).toBe(404);
});

test('a builder cannot decide on requests, register sources or review letters', async ({ asBuilder: page }) => {
  await page.goto('/requests');
  await page.getByRole('link', { name: 'shop-customers', exact: true }).click();
  await expect(
    page
      .getByText('Reads all customers', { exact: false })
      .or(page.getByRole('heading', { name: /shop-customers/ }))
      .first(),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: /^Approve/ })).toHaveCount(0);
  await page.goto('/sources');
  await expect(page.getByRole('link', { name: /register/i })).toHaveCount(0);
  await page.goto('/dead-letters');
  await expect(page.getByRole('button', { name: /^Replay/ })).toHaveCount(0);
});

test('an auditor reads everything and is offered nothing to change', async ({ asAuditor: page }) => {
  await page.goto('/streams');
  await expect(page.getByRole('link', { name: 'shop-orders', exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: /declare/i })).toHaveCount(0);
  await page.getByRole('link', { name: 'shop-orders', exact: true }).click();
  await expect(page.getByRole('button', { name: /^(Pause|Retire|Resume|Restart)/ })).toHaveCount(0);
  await page.goto('/audit');
  await expect(
    page
      .getByText('slots.approve')
      .or(page.getByText(/approved/i))
      .first(),
  ).toBeVisible();
});
