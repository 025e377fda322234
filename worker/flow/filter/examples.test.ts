import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { eventFilter } from '@/core/spec/filter';
import { columnTransform } from '@/core/spec/filter-transform';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { UNCHANGED } from '@/worker/source/source';
import { createFlow } from '../registry';
import { order, orderChange, update } from './fixture';
import { stagedFlow } from './staged-flow';

const envelope = createFlow(
  { ...DEBEZIUM_DEFAULTS, decimalHandlingMode: 'string', timePrecisionMode: 'isostring' },
  { logicalName: 'shop', database: 'shop', tombstones: false, spillwayVersion: '1' },
);
const page = await readFile(new URL('../../../docs/filters.md', import.meta.url), 'utf8');

/** The changes that the page speaks of, by their names there. */
const CHANGES = {
  'a row added': orderChange(),
  'status new → paid': update(order({ status: 'new' }), order()),
  'amount 1.00 → 12.50': update(order({ amount: '1.00' }), order()),
  'note left as it was': update(order({ note: 'long' }), order({ note: UNCHANGED })),
  'an update without its old row': orderChange({ op: 'u' }),
  'the row deleted': orderChange({
    op: 'd',
    before: order().map((value, index) => (index === 0 ? value : null)),
    beforeKind: 'key',
    after: null,
  }),
};

/** Blocks of the page: the YAML of a filter or transform, and the table of what it does to the changes. */
const blocks = [...page.matchAll(/```yaml\n((?:(?!```).*\n)+)```\n\n((?:\|.*\|\n)+)/g)].map(([, yaml = '', table = '']) => ({
  yaml,
  table,
}));

it('the page has examples of each kind', () => {
  const kinds = blocks.flatMap(({ yaml }) => Object.values(parse(yaml) as Record<string, object>).flatMap((part) => Object.keys(part)));
  expect([...new Set(kinds)].sort()).toEqual(['cel', 'changedColumns', 'exclude', 'hash', 'include', 'jsonPath', 'mask']);
});

it.each(blocks)('does what the page says: $yaml', async ({ yaml, table }) => {
  const typed = parse(yaml) as { filter?: unknown; transform?: unknown };
  const filter = eventFilter.optional().parse(typed.filter);
  const transform = columnTransform.optional().parse(typed.transform);
  const flow = await stagedFlow(envelope, { filter, transform });
  const outcome = (change: (typeof CHANGES)[keyof typeof CHANGES]): string => {
    try {
      const result = flow.transform(change, 0n);
      if (result.kind === 'filtered') return `left out: ${result.reason}`;
      const { before, after } = JSON.parse(result.events[0]?.payload?.toString() ?? 'null');
      return transform ? `\`${JSON.stringify({ before, after })}\`` : 'passes';
    } catch (thrown) {
      return `recovery: ${(thrown as Error).message}`;
    }
  };
  const named = table
    .split('\n')
    .flatMap((line) => /^\| ([^|]+) \|/.exec(line)?.[1] ?? [])
    .filter((name) => name in CHANGES);
  const made = named.map((name) => `| ${name} | ${outcome(CHANGES[name as keyof typeof CHANGES]).replaceAll('|', '\\|')} |`);
  expect(table.trimEnd()).toBe(['| change | outcome |', '|---|---|', ...made].join('\n'));
  expect(named.length).toBeGreaterThan(0);
});
