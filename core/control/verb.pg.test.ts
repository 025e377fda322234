import { afterAll, beforeAll, expect, it } from 'vitest';
import { listAudit } from '@/core/catalog/audit';
import { catalog } from '@/core/catalog/client';
import { listSlots } from '@/core/catalog/slots';
import { listStreams } from '@/core/catalog/stream-list';
import { NO_FILTER } from '@/core/lifecycle/stream-filter';
import { closeWorld, makePerson, openWorld, requestStream, runStream, type World } from './fixture';
import { ask } from './inspections/ask';
import { pause } from './streams/pause';
import { saveDraft } from './streams/save-draft';

const ALL_SLOTS = { text: '', needsLook: false, sourceId: null, page: 1 };
const FIRST_PAGE = { ...NO_FILTER, page: 1 };
let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(closeWorld);

it('reads the person again: disabled or put out of the team counts at once, whatever the session says', async () => {
  const { streamId } = await runStream(world);
  const leaver = await makePerson('leaver', 'none', world.own.id, 'builder');
  await catalog().membership.deleteMany({ where: { userId: leaver.id } });
  await expect(pause.call(leaver, { streamId, reason: 'out of spite' })).rejects.toMatchObject({ kind: 'not_found' });
  const disabled = await makePerson('disabled', 'platform_admin');
  await catalog().user.update({ where: { id: disabled.id }, data: { disabledAt: new Date() } });
  await expect(pause.call(disabled, { streamId, reason: 'out of spite' })).rejects.toMatchObject({ kind: 'forbidden' });
});

it('writes the audit row with the change, or neither', async () => {
  const { streamId } = await runStream(world);
  const entries = () => catalog().auditEntry.count({ where: { subjectId: streamId, verb: 'streams.pause' } });
  await pause.call(world.people.builder, { streamId, reason: 'maintenance of the sink' });
  await expect(pause.call(world.people.builder, { streamId, reason: 'again' })).rejects.toMatchObject({ kind: 'precondition_failed' });
  expect(await entries()).toBe(1);
});

it('keeps audit entries as they were written', async () => {
  await requestStream(world);
  await expect(catalog().$executeRaw`update audit_entry set summary = 'nothing happened'`).rejects.toThrow('append-only');
  await expect(catalog().$executeRaw`delete from audit_entry`).rejects.toThrow('append-only');
  await expect(catalog().$executeRaw`truncate audit_entry`).rejects.toThrow('append-only');
});

it('shows the audit trail of one team to that team, all of it to admins and auditors', async () => {
  await requestStream(world);
  const verbs = async (role: keyof World['people']) =>
    new Set((await listAudit(world.people[role], { limit: 200 })).entries.map(({ verb }) => verb));
  expect(await verbs('foreign lead')).toEqual(new Set());
  expect([...(await verbs('builder'))]).not.toContain('sources.register');
  expect([...(await verbs('auditor'))]).toContain('sources.register');
});

it('shows streams and slots of one team to that team, orphans to the platform', async () => {
  const { streamId, name } = await runStream(world);
  const observed = { slotType: 'logical', temporary: false, active: true, observedAt: new Date(), sourceId: world.sourceId };
  await catalog().provision.create({
    data: {
      streamId,
      sourceId: world.sourceId,
      slotName: 'spillway_x',
      publicationName: 'spillway_x',
      sourceHash: 'h',
      walBudgetBytes: 1n,
    },
  });
  await catalog().slotObservation.createMany({
    data: ['spillway_x', 'spillway_lost', 'foreign'].map((slotName) => ({ ...observed, slotName, retainedBytes: 2n ** 40n })),
  });
  const slots = async (role: keyof World['people']) =>
    (await listSlots(world.people[role], ALL_SLOTS)).sources.flatMap((source) =>
      source.slots.map((slot) => [slot.slotName, slot.stream?.name ?? null, slot.orphan]),
    );
  expect(await slots('auditor')).toEqual([
    ['spillway_x', name, false],
    ['spillway_lost', null, true],
    ['foreign', null, false],
  ]);
  expect(await slots('builder')).toEqual([['spillway_x', name, false]]);
  expect(await slots('foreign builder')).toEqual([]);
  expect(await listStreams(world.people['foreign builder'], FIRST_PAGE)).toMatchObject({ streams: [], total: 0, teams: [] });
  // The same server registered once more, for another of its databases: the slot is still that stream's.
  const { id: _id, standbys: _standbys, ...same } = await catalog().sourceDatabase.findUniqueOrThrow({ where: { id: world.sourceId } });
  const other = await catalog().sourceDatabase.create({ data: { ...same, name: 'zz-same-server', database: 'another' } });
  await catalog().slotObservation.create({ data: { ...observed, sourceId: other.id, slotName: 'spillway_x' } });
  expect((await slots('auditor')).at(-1)).toEqual(['spillway_x', name, false]);
  const row = (await listStreams(world.people.builder, FIRST_PAGE)).streams.find((stream) => stream.id === streamId);
  expect(row).toMatchObject({ table: 'public.orders', sinkTarget: 'event-log', walBudgetBytes: 1 });
  expect(row?.sparkline).toHaveLength(15);
});

it('draws the sparkline from the last 15 minutes, oldest first', async () => {
  const { streamId } = await runStream(world);
  const at = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000);
  await catalog().streamSample.createMany({
    data: [
      [10, 4],
      [20, 6],
      [70, 3],
      [14 * 60 + 30, 9],
      [16 * 60, 99],
    ].map(([ago = 0, rate = 0]) => ({ streamId, resolution: 5, at: at(ago), deliveredPerSec: rate, openLetters: 0 })),
  });
  const row = (await listStreams(world.people.builder, FIRST_PAGE)).streams.find((stream) => stream.id === streamId);
  expect(row?.sparkline).toEqual([9, ...Array.from({ length: 12 }, () => null), 3, 5]);
});

it('keeps drafts to the person who writes them, and to 64 KiB', async () => {
  const { draftId } = await saveDraft.call(world.people.builder, { teamId: world.own.id, body: { a: 1 }, step: 'source' });
  const input = { draftId, teamId: world.own.id, body: {}, step: 'source' };
  await expect(saveDraft.call(world.people.lead, input)).rejects.toMatchObject({ kind: 'not_found' });
  const large = { ...input, body: 'x'.repeat(65 * 1024) };
  await expect(saveDraft.call(world.people.builder, large)).rejects.toMatchObject({
    kind: 'invalid_input',
    detail: { problems: [{ field: 'body' }] },
  });
});

it('shows no rows of a source to a pure auditor, and says at once when no worker is there', async () => {
  const preview = { kind: 'preview', input: { spec: {} } };
  await expect(ask.call(world.people.auditor, preview)).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(ask.call(world.people.builder, preview)).resolves.toMatchObject({ ok: false, errorKind: 'worker_unavailable' });
});

it('brings the answer as soon as the worker has it, and refuses an eleventh open question', async () => {
  await catalog().worker.update({ where: { id: 'w' }, data: { heartbeatAt: new Date() } });
  const question = { kind: 'list-tables', input: { sourceId: world.sourceId } };
  const asked = ask.call(world.people.lead, question);
  const open = () => catalog().inspection.count({ where: { askedById: world.people.lead.id, status: 'asked' } });
  await expect.poll(open, { timeout: 30_000 }).toBe(1);
  const { id } = await catalog().inspection.findFirstOrThrow({ where: { askedById: world.people.lead.id } });
  await catalog().inspection.update({ where: { id }, data: { status: 'answered', result: { tables: [] }, answeredAt: new Date() } });
  await catalog().$executeRaw`select pg_notify('spillway_answer', ${id})`;
  expect(await asked).toMatchObject({ ok: true, answer: { tables: [] } });
  await catalog().inspection.createMany({
    data: Array.from({ length: 10 }, () => ({ kind: 'list-tables', input: {}, askedById: world.people.lead.id })),
  });
  await expect(ask.call(world.people.lead, question)).rejects.toMatchObject({ kind: 'rate_limited' });
});
