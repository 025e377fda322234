import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { createFlow } from '@/worker/flow/registry';
import { type SourceFixture, sourceFixture, specFor } from '@/worker/source/postgres/fixture';
import { readPublications } from '@/worker/source/postgres/publication-observation';
import type { Subscription } from '@/worker/source/source';
import { publicationDrift } from '@/worker/supervisor/publication-drift';
import { type Assignment, DEFAULT_LIMITS } from './assignment';
import { postgresLink } from './source-link';
import { withNotices } from './source-notices';

let db: SourceFixture;
let subscription: Subscription | null = null;
const notices: string[] = [];
const events: { op: string; source: { table: string }; before: unknown; after: unknown }[] = [];
beforeEach(async () => {
  db = await sourceFixture();
  notices.length = 0;
  events.length = 0;
});
afterEach(async () => {
  await subscription?.close();
  subscription = null;
  await db.drop();
});

const spec = specFor('t');
const flow = createFlow(DEBEZIUM_DEFAULTS, { logicalName: 'shop', database: 'd', tombstones: false, spillwayVersion: '1' });

function linkOf(): ReturnType<typeof postgresLink> {
  const assignment: Assignment = {
    streamId: db.streamId,
    streamName: 'shop',
    revisionId: db.streamId,
    revisionNumber: 1,
    spec: {
      applicationId: 'shop',
      source: spec,
      flow: DEBEZIUM_DEFAULTS,
      sink: { type: 'EventLog', target: 'log' },
      recovery: { type: 'None' },
    },
    workerId: 'test',
    epoch: 1,
    source: db.source,
    sinkConfig: { type: 'EventLog', store: 'postgres' },
    sinkSecret: null,
    catalogUrl: '',
    slotName: db.slotName,
    publicationName: db.publicationName,
    systemIdentifier: null,
    consistentPoint: null,
    snapshotState: 'none',
    promisedLsn: null,
    totals: { decoded: 0, delivered: 0, filtered: 0, deadLettered: 0, parked: 0, ignored: 0, spilled: 0 },
    limits: DEFAULT_LIMITS,
  };
  return withNotices(
    postgresLink(assignment, () => 1_000_000),
    ({ reason }) => notices.push(reason),
  );
}

it('every change of the table is told with its name, and the next event is right; what nothing can come of is a named stop', async () => {
  await db.query('create table t (id int primary key, a text, b int)');
  await db.provision('t');
  const [server] = await db.query('select system_identifier::text as id from pg_control_system()');
  const link = linkOf();
  subscription = await link.subscribe(String(server?.id), (item) => {
    if (item.kind !== 'change') return;
    const made = flow.transform(item.change, 1n);
    if (made.kind === 'events') for (const { payload } of made.events) events.push(JSON.parse(String(payload)));
  });
  let written = 0;
  /** Changes the table, writes to it, and gives what was told and the event that came. */
  const step = async (ddl: string, write: string) => {
    const [told, came] = [notices.length, events.length];
    await db.query(ddl);
    await db.query(write);
    await expect.poll(() => events.length, { timeout: 30_000 }).toBe(came + 1);
    const { op, source, before, after } = events[came] ?? {};
    return { told: notices.slice(told), op, table: source?.table, before, after };
  };
  const insert = (columns: string, values: string, table = 't') => `insert into ${table} (id, ${columns}) values (${++written}, ${values})`;
  const row = (rest: object) => ({ id: written, ...rest });

  await step('select 1', insert('a, b', `'x', 1`));
  expect(await step('alter table t add c numeric(5,2) default 7', insert('a, b', `'x', 1`))).toMatchObject({
    told: ['table public.t changed on the source: column c added (numeric)'],
    after: row({ a: 'x', b: 1, c: expect.anything() }),
  });
  expect(await step('alter table t drop c', insert('a, b', `'x', 2`))).toMatchObject({
    told: ['table public.t changed on the source: column c dropped'],
    after: row({ a: 'x', b: 2 }),
  });
  expect(Object.keys(events.at(-1)?.after ?? {})).toEqual(['id', 'a', 'b']);
  expect(await step('alter table t rename a to "A b"', insert('"A b", b', `'y', 3`))).toMatchObject({
    told: ['table public.t changed on the source: column a renamed to A b'],
    after: row({ 'A b': 'y', b: 3 }),
  });
  expect(await step('alter table t alter b type text using b::text', insert('b', `'four'`))).toMatchObject({
    told: ['table public.t changed on the source: column b changed its type from int4 to text'],
    after: row({ 'A b': null, b: 'four' }),
  });
  expect(await step('alter table t replica identity full', `update t set b = 'five' where id = ${written}`)).toMatchObject({
    told: ['table public.t changed on the source: replica identity changed from default to full'],
    op: 'u',
    before: row({ b: 'four' }),
    after: row({ b: 'five' }),
  });
  // A table that is renamed is still the same one: it goes on under its new name, and the publication's watch says so.
  expect(await step('alter table t rename to renamed', insert('b', `'six'`, 'renamed'))).toMatchObject({
    told: ['table public.renamed changed on the source: renamed from public.t to public.renamed'],
    table: 'renamed',
    after: row({ b: 'six' }),
  });
  const drift = async () => {
    const [seen] = await readPublications(db.client, [db.publicationName]);
    return publicationDrift(spec, 'p', seen ?? null, null);
  };
  const [member] = (await readPublications(db.client, [db.publicationName]))[0]?.tables ?? [];
  expect(
    publicationDrift(spec, 'p', (await readPublications(db.client, [db.publicationName]))[0] ?? null, member?.oid ?? null),
  ).toMatchObject({
    kind: 'altered',
    sentence: expect.stringContaining('its table is now named public.renamed'),
  });
  // Its next start needs the declared name: a named stop.
  await expect(
    link.ensure({ systemIdentifier: String(server?.id), consistentPoint: '0/0', promisedLsn: null }, false),
  ).rejects.toMatchObject({
    kind: 'table_missing',
  });
  await step('alter table renamed rename to t', insert('b', `'seven'`));
  // Altered by hand: rows that no longer come are told by the watch, and what comes is right.
  await db.query(`alter table t replica identity default; alter publication ${db.publicationName} set table t (id) where (id > 0)`);
  expect((await drift())?.sentence).toMatch(/carries only columns id; a row filter was set: \(id > 0\)/);
  await step('select 1', insert('b', `'eight'`));
  expect(Object.keys(events.at(-1)?.after ?? {})).toEqual(['id']);
  // The next start makes it as declared again.
  await link.ensure({ systemIdentifier: String(server?.id), consistentPoint: '0/0', promisedLsn: null }, false).catch(() => undefined);
  expect(await drift()).toBeNull();
  await db.query('drop table t; create table t (id int primary key)');
  expect(await drift()).toMatchObject({ kind: 'table_missing' });
});
