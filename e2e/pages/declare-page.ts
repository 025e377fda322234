import { expect, type Page } from '@playwright/test';

/** The wizard as a builder walks through it. */
export class DeclarePage {
  constructor(readonly page: Page) {}

  async open(): Promise<void> {
    await this.page.goto('/streams/new');
    await expect(this.page.getByRole('navigation', { name: 'Steps' })).toBeVisible();
  }

  async continue(): Promise<void> {
    await this.page.getByRole('button', { name: /^Continue to/ }).click();
  }

  async pickSource(name: string): Promise<void> {
    await this.page.getByRole('radio', { name, exact: true }).click();
    await this.continue();
  }

  async pickTable(name: string): Promise<void> {
    await this.page.getByRole('searchbox').fill(name.split('.')[1] ?? name);
    await this.page.getByRole('radio', { name, exact: true }).click();
  }

  async pickSink(name: string): Promise<void> {
    await this.page.getByRole('radio', { name, exact: true }).click();
  }

  async request(name: string, reason: string): Promise<void> {
    await this.page.getByLabel('Name', { exact: true }).fill(name);
    await this.page.getByLabel('Reason').fill(reason);
    await this.page.getByRole('button', { name: 'Request approval' }).click();
    await expect(this.page).toHaveURL(/\/streams\/[0-9a-f-]{36}$/);
  }
}
