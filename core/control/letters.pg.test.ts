import { afterAll, beforeAll, expect, it } from 'vitest';
import { catalog } from '@/core/catalog/client';
import { getLetter } from '@/core/catalog/dead-letters';
import { listLetterGroups } from '@/core/catalog/letter-groups';
import { listLetters } from '@/core/catalog/letter-list';
import { discard } from './dead-letters/discard';
import { replay } from './dead-letters/replay';
import { closeWorld, makeLetter, openWorld, runStream, type World } from './fixture';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(closeWorld);

const statusOf = async (id: string) => (await getLetter(world.people.lead, id))?.status;

it('requests a replay once, however often and by whomever the button is pressed', async () => {
  const stream = await runStream(world);
  const letters = [await makeLetter(stream, { fingerprint: 'twice' }), await makeLetter(stream, { fingerprint: 'twice', key: '{"id":2}' })];
  const presses = await Promise.all([
    replay.call(world.people.lead, { fingerprint: 'twice' }),
    replay.call(world.people.lead, { letterIds: [...letters].reverse() }),
    replay.call(world.people.lead, { fingerprint: 'twice' }),
  ]);
  expect(presses.map((press) => press.requested).sort()).toEqual([0, 0, 2]);
  expect(await replay.call(world.people.lead, { fingerprint: 'twice' })).toEqual({ requested: 0, keys: 0, blocked: 0 });
  expect(await statusOf(letters[0] ?? '')).toBe('replaying');
  expect((await getLetter(world.people.builder, letters[0] ?? ''))?.replayRequestedBy).toBe('lena');
});

it('leaves a letter whose earlier letter of the same key is not replayed with it', async () => {
  const stream = await runStream(world);
  const first = await makeLetter(stream, { fingerprint: 'order-a' });
  const second = await makeLetter(stream, { fingerprint: 'order-b' });
  expect((await getLetter(world.people.lead, second))?.blockedBy).toBe(first);
  expect(await replay.call(world.people.lead, { letterIds: [second] })).toEqual({ requested: 0, keys: 0, blocked: 1 });
  expect(await statusOf(second)).toBe('open');
  expect(await replay.call(world.people.lead, { letterIds: [second, first] })).toEqual({ requested: 2, keys: 1, blocked: 0 });
});

it('groups what fails alike and counts what waits behind it', async () => {
  const stream = await runStream(world);
  const open = await makeLetter(stream, { fingerprint: 'group' });
  const parked = [await makeLetter(stream, { status: 'parked' }), await makeLetter(stream, { status: 'parked' })];
  await makeLetter(stream, { fingerprint: 'group', key: null });
  await makeLetter(stream, { status: 'parked', key: '{"id":9}' });
  const found = await listLetterGroups(world.people.lead, { streamId: stream.streamId });
  expect(found).toMatchObject({ matching: 1, open: 2, more: false });
  expect(found.groups).toMatchObject([{ fingerprint: 'group', open: 2, replaying: 0, parkedBehind: 2, keys: 2, mayReview: true }]);
  expect((await getLetter(world.people.lead, open))?.waitingBehind).toBe(2);
  expect((await listLetterGroups(world.people.builder, { streamId: stream.streamId })).groups[0]?.mayReview).toBe(false);
  expect(await listLetterGroups(world.people['foreign lead'])).toMatchObject({ groups: [], matching: 0, open: 0 });
  expect(await replay.call(world.people.lead, { letterIds: parked })).toMatchObject({ requested: 0 });
});

it('discards open and parked letters with a reason, and nothing that is under way', async () => {
  const stream = await runStream(world);
  const ids = [
    await makeLetter(stream),
    await makeLetter(stream, { status: 'parked' }),
    await makeLetter(stream, { status: 'replaying' }),
    await makeLetter(stream, { status: 'replayed' }),
  ];
  expect(await discard.call(world.people.lead, { letterIds: ids, reason: 'test data' })).toEqual({ discarded: 2 });
  expect(await Promise.all(ids.map(statusOf))).toEqual(['discarded', 'discarded', 'replaying', 'replayed']);
  expect(await getLetter(world.people.lead, ids[0] ?? '')).toMatchObject({ resolvedBy: 'lena', resolution: 'test data' });
  const entry = await catalog().auditEntry.findFirst({ where: { verb: 'dead-letters.discard' }, orderBy: { id: 'desc' } });
  expect(entry?.summary).toBe('discarded 2 dead letters: test data');
});

it('does not say whether a letter that it does not show exists', async () => {
  const id = await makeLetter(await runStream(world));
  const missing = '00000000-0000-4000-8000-000000000000';
  const tell = (letterId: string) =>
    replay.call(world.people['foreign lead'], { letterIds: [letterId] }).catch((error: Error) => error.message);
  expect(await tell(id)).toBe(await tell(missing));
  expect(await getLetter(world.people['foreign lead'], id)).toBeNull();
  await expect(replay.call(world.people.lead, { letterIds: [id, missing] })).rejects.toMatchObject({ kind: 'not_found' });
});

it('wants letters named one way', async () => {
  await expect(replay.call(world.people.lead, {})).rejects.toMatchObject({ kind: 'invalid_input' });
});

it('pages through letters without missing or repeating one', async () => {
  const stream = await runStream(world);
  const made = new Set<string>();
  for (let n = 0; n < 7; n += 1) made.add(await makeLetter(stream));
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await listLetters(world.people.builder, { streamId: stream.streamId, limit: 3, cursor });
    seen.push(...page.letters.map((letter) => letter.id));
    cursor = page.nextCursor;
  } while (cursor);
  expect(seen).toHaveLength(7);
  expect(new Set(seen)).toEqual(made);
});
