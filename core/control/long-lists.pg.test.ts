import { afterAll, beforeAll, expect, it } from 'vitest';
import { catalog } from '@/core/catalog/client';
import { listLetterGroups } from '@/core/catalog/letter-groups';
import { listRequests } from '@/core/catalog/requests';
import { listSlots } from '@/core/catalog/slots';
import { listStreams } from '@/core/catalog/stream-list';
import { NO_FILTER } from '@/core/lifecycle/stream-filter';
import { closeWorld, makeLetter, openWorld, runStream, type World } from './fixture';

/** Copies of one stream, so many that no list holds them on a page. */
const COPIES = 119;
let world: World;
let first: Awaited<ReturnType<typeof runStream>>;

beforeAll(async () => {
  world = await openWorld();
  first = await runStream(world);
  await catalog().$executeRaw`
    with copies as (
      insert into stream (name, team_id, desired, state)
      select 'copy-' || to_char(n, 'FM000'), team_id, 'running', case when n = 77 then 'failed' else 'streaming' end
        from stream, generate_series(1, ${COPIES}) n where id = ${first.streamId}::uuid returning id, name
    ), revisions as (
      insert into stream_revision (stream_id, number, spec, source_hash, created_by)
      select c.id, 1, r.spec, r.source_hash, 'bea' from copies c, stream_revision r where r.stream_id = ${first.streamId}::uuid returning id, stream_id
    ), requests as (
      insert into slot_request (stream_id, revision_id, source_hash, reason, requested_by)
      select stream_id, id, 'h', 'because', 'bea' from revisions
    )
    insert into slot_observation (source_id, slot_name, slot_type, temporary, active, wal_status, retained_bytes, observed_at)
    select ${world.sourceId}::uuid, 'foreign_' || name, 'logical', false, true, case when name = 'copy-033' then 'lost' else 'reserved' end, 1, now() from copies`;
  await catalog().$executeRaw`
    update stream s set current_revision_id = r.id from stream_revision r where r.stream_id = s.id and s.current_revision_id is null`;
});
afterAll(closeWorld);

it('pages through streams, trouble first, each of them once', async () => {
  const pages = await Promise.all([1, 2, 3, 99].map((page) => listStreams(world.people.builder, { ...NO_FILTER, page })));
  expect(pages.map(({ page, pages: last, streams }) => [page, last, streams.length])).toEqual([
    [1, 3, 50],
    [2, 3, 50],
    [3, 3, 20],
    [3, 3, 20],
  ]);
  expect(pages[0]).toMatchObject({
    matching: COPIES + 1,
    total: COPIES + 1,
    glance: { troubled: { count: 1, only: { name: 'copy-077' } } },
  });
  const names = pages.slice(0, 3).flatMap(({ streams }) => streams.map(({ name }) => name));
  expect(names[0]).toBe('copy-077');
  expect(new Set(names).size).toBe(COPIES + 1);
});

it('finds streams by words on every page, and says what it found and how many there are', async () => {
  const found = await listStreams(world.people.builder, { ...NO_FILTER, text: 'COPY-08 orders', page: 1 });
  expect(found.streams.map(({ name }) => name)).toEqual(Array.from({ length: 10 }, (_, at) => `copy-08${at}`));
  expect(found).toMatchObject({ matching: 10, pages: 1, total: COPIES + 1 });
  expect(await listStreams(world.people['foreign builder'], { ...NO_FILTER, page: 1 })).toMatchObject({ total: 0, streams: [] });
});

it('shows the most urgent slots of a source, all of one by pages, and finds by name', async () => {
  const everything = { text: '', needsLook: false, sourceId: null, page: 1 };
  const overview = await listSlots(world.people.auditor, everything);
  const source = overview.sources.find(({ sourceId }) => sourceId === world.sourceId);
  expect(source).toMatchObject({ matching: COPIES });
  expect(source?.slots.length).toBeLessThan(COPIES);
  expect(source?.slots[0]?.slotName).toBe('foreign_copy-033');
  expect(overview.needLook).toBe(1);
  const last = await listSlots(world.people.auditor, { ...everything, sourceId: world.sourceId, page: 3 });
  expect([last.pages, last.matching, last.sources[0]?.slots.length]).toEqual([3, COPIES, COPIES - 100]);
  const found = await listSlots(world.people.auditor, { ...everything, text: 'copy-05' });
  expect(found.sources[0]?.slots.map(({ slotName }) => slotName).sort()).toEqual(
    Array.from({ length: 10 }, (_, at) => `foreign_copy-05${at}`),
  );
  expect((await listSlots(world.people.builder, everything)).sources.flatMap(({ slots }) => slots)).toEqual([]);
});

it('counts every request that waits and shows them a page at a time', async () => {
  const pages = await Promise.all([1, 2, 3].map((page) => listRequests(world.people.admin, { status: 'pending', page })));
  expect(pages.map(({ requests, matching }) => [requests.length, matching])).toEqual([
    [50, COPIES],
    [50, COPIES],
    [COPIES - 100, COPIES],
  ]);
  expect(new Set(pages.flatMap(({ requests }) => requests.map(({ id }) => id))).size).toBe(COPIES);
  expect(pages[0]?.requests[0]).toMatchObject({ table: 'public.orders' });
});

it('shows the latest groups, more of them on demand, a picked one wherever it is, and finds by words', async () => {
  for (let at = 0; at < 33; at++) await makeLetter(first, { fingerprint: `group ${at}` });
  const page = await listLetterGroups(world.people.lead);
  expect([page.groups.length, page.matching, page.open, page.more]).toEqual([30, 33, 33, true]);
  const shown = new Set(page.groups.map(({ fingerprint }) => fingerprint));
  const hidden = Array.from({ length: 33 }, (_, at) => `group ${at}`).find((fingerprint) => !shown.has(fingerprint)) ?? '';
  const picked = await listLetterGroups(world.people.lead, { fingerprints: [hidden] });
  expect(picked.groups.at(-1)?.fingerprint).toBe(hidden);
  expect((await listLetterGroups(world.people.lead, { pages: 2 })).groups).toHaveLength(33);
  expect((await listLetterGroups(world.people.lead, { text: 'no such words' })).groups).toEqual([]);
  expect((await listLetterGroups(world.people.lead, { text: page.groups[0]?.stream.name.toUpperCase() })).matching).toBe(33);
});
