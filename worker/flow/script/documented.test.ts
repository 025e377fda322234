import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { EXAMPLE_SCRIPT } from '@/core/spec/script-example';
import { bundledSandbox, converted, texts } from './fixture';
import { event } from './fixture-events';

beforeAll(async () => {
  await bundledSandbox();
});

/** The section of the page, its script and what it says that comes out. */
const PAGE = readFileSync(new URL('../../../docs/flows.md', import.meta.url), 'utf8');
const SECTION = PAGE.split(/^## /m).find((part) => part.startsWith('Script\n')) ?? '';
const [, code = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(SECTION) ?? [];

const VALUE = {
  before: { id: 48213, status: 'paid', total: '249.90' },
  after: { id: 48213, status: 'shipped', total: '249.90' },
  op: 'u',
};
const UPDATE = event(0, VALUE, { key: '{"id":48213}', headers: {} });
const DELETE = event(1, { before: VALUE.after, after: null, op: 'd' }, { op: 'd', key: '{"id":48213}', headers: {} });

test('docs/flows.md shows what its script makes', async () => {
  const results = await converted(code, [UPDATE, DELETE], { language: 'typescript' });
  const lines = [UPDATE, DELETE].flatMap(({ payload }, index) => {
    const result = results[index];
    const out = result?.kind === 'events' ? result.events : [];
    return [
      `in      ${payload}`,
      ...out.map((message) => `out     ${message.payload}  headers ${JSON.stringify(message.headers)}`),
      ...(result?.kind === 'dropped' ? [`out     none: ${result.reason}`] : []),
    ];
  });
  expect(/^```text\n([^`]*)```$/m.exec(SECTION)?.[1]).toBe(`${lines.join('\n')}\n`);
});

test('the script that the form starts with hands events on', async () => {
  expect(await texts(EXAMPLE_SCRIPT, [UPDATE], { language: 'typescript' })).toEqual([JSON.stringify(VALUE)]);
});
