import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { createFlow } from '@/worker/flow/registry';
import { columnSchemasIn } from '@/worker/flow/schema/column-schema';
import { withSchemas } from '@/worker/flow/with-schemas';
import type { Change } from '@/worker/source/source';
import { CONFIGURATIONS } from './configurations';
import { readGolden } from './golden';
import { LOGICAL_NAME, SPILLWAY_VERSION } from './spillway-side';
import { typeOfTable } from './workload/run-workload';

/** Captured by schema-capture.ts from Debezium Engine with `schemas.enable=true`; relations are those of the captured stream. */
const file = (name: string) => readFileSync(new URL(`golden/${name}.jsonl`, import.meta.url), 'utf8');
interface Schema {
  readonly field?: string;
  readonly type: string;
  readonly optional: boolean;
  readonly name?: string;
  readonly default?: unknown;
  readonly fields?: readonly Schema[];
  readonly items?: Schema;
}
interface Line {
  readonly table: string;
  readonly columns?: Readonly<Record<string, Schema | null>>;
  readonly key?: Schema;
  readonly value?: Schema;
}
const lines = file('schemas')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Line);
const { changes } = readGolden(file('stream'));
const changeOf = (table: string): Change | undefined => changes.find(({ relation }) => `${relation.schema}.${relation.table}` === table);

interface Pair {
  readonly type: string;
  readonly ours: Schema;
  readonly theirs: Schema | null;
}
/** Differences that are meant. */
const MEANT: readonly [why: string, (pair: Pair) => boolean][] = [
  ['a stream does not learn of NOT NULL and defaults', ({ type }) => type.endsWith('serial')],
  ['labels of an enum are not known to a stream', ({ theirs }) => (theirs?.items ?? theirs)?.name === 'io.debezium.data.Enum'],
  ['Debezium writes null for these arrays, or one element', ({ ours, theirs }) => ours.type === 'array' && theirs?.type !== 'array'],
  [
    'elements may be NULL',
    ({ ours, theirs }) => shown(ours) === shown({ ...theirs, items: theirs?.items && { ...theirs.items, optional: true } }),
  ],
  [
    'arrays of domains and unknown types are of their own type here',
    ({ ours, theirs }) => ours.type === 'array' && theirs?.items?.optional === false,
  ],
  ['types that Debezium does not know are text', ({ ours, theirs }) => ours.type === 'string' && theirs?.type === 'bytes' && !theirs.name],
  ['vectors of the system catalog are text', ({ type }) => /^(oid|int2)vector$/.test(type)],
  ['Debezium reads a negative scale as 2046', ({ type }) => type === 'numeric(3,-2)'],
];
/** Every property counts, their order does not. */
const shown = (schema: unknown): string =>
  JSON.stringify(schema, (_, value: unknown) =>
    value && typeof value === 'object' && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort()) : value,
  );

describe('schemas beside those of Debezium Engine', () => {
  const used = new Set<string>();
  it.each(CONFIGURATIONS)('of every column type in the modes of $name', ({ name, flow }) => {
    const schemaOf = columnSchemasIn(flow);
    const unexplained: string[] = [];
    let same = 0;
    for (const { table, columns } of lines) {
      const column = changeOf(table)?.relation.columns.find((each) => each.name === 'v');
      if (!columns || !column) continue;
      const { defaults = null, [name]: own = defaults } = columns;
      const pair = { type: typeOfTable(table), ours: { ...schemaOf(column), field: 'v' } as Schema, theirs: own };
      if (shown(pair.ours) === shown(own)) {
        same++;
        continue;
      }
      const why = MEANT.find(([, holds]) => holds(pair))?.[0];
      if (why) used.add(why);
      else unexplained.push(`${pair.type}: ${shown(pair.ours)} / ${shown(own)}`);
    }
    expect(unexplained).toEqual([]);
    expect(same).toBeGreaterThan(100);
  });

  it('no difference is allowed that does not occur', () => {
    expect([...used].sort()).toEqual(MEANT.map(([why]) => why).sort());
  });

  it('key, envelope, source and transaction are named and ordered as Debezium has them', () => {
    const [whole] = lines;
    const change = changeOf(whole?.table ?? '');
    if (!whole?.key || !whole.value || !change) throw new Error('the golden file has no whole table');
    const context = { logicalName: LOGICAL_NAME, database: 'diff', tombstones: true, spillwayVersion: SPILLWAY_VERSION };
    const flow = withSchemas(createFlow(DEBEZIUM_DEFAULTS, context), DEBEZIUM_DEFAULTS, LOGICAL_NAME);
    const result = flow.transform(change, 0n);
    const event = result.kind === 'events' ? result.events[0] : undefined;
    const { value, key } = whole;
    // What a stream does not know: NOT NULL and defaults of columns.
    const unknowing = (row: Schema): Schema => ({
      ...row,
      fields: row.fields?.map(({ default: _, ...column }) => ({ ...column, optional: true })),
    });
    const fields = value.fields?.map((field) => (field.name?.endsWith('.Value') ? unknowing(field) : field));
    expect(event?.schemas?.value).toEqual({ ...value, fields });
    expect(JSON.stringify(event?.schemas?.key)).toBe(JSON.stringify(key));
  });
});
