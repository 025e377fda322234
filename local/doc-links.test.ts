import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const pagesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
const pages = ['README.md', ...pagesIn('docs'), ...pagesIn('bench')];
const linksOf = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? '').filter((link) => !/^(https?:|#)/.test(link));

it('documents link what is there', () => {
  const broken = pages.flatMap((page) =>
    linksOf(page).flatMap((link) => (existsSync(join(dirname(page), link.split('#')[0] ?? '')) ? [] : [`${page}: ${link}`])),
  );
  expect(broken).toEqual([]);
  expect(pages.flatMap(linksOf).length).toBeGreaterThan(50);
});
