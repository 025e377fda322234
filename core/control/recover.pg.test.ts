import { afterAll, beforeAll, expect, it } from 'vitest';
import { catalog } from '@/core/catalog/client';
import { closeWorld, openWorld, runStream, type World } from './fixture';
import { recover } from './streams/recover';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(closeWorld);

/** A stream without its slot, of which five events wait in the buffer. */
async function lostWithBuffer(): Promise<{ readonly streamId: string; readonly confirmName: string }> {
  const { streamId, name } = await runStream(world);
  await catalog().stream.update({ where: { id: streamId }, data: { state: 'slot_lost' } });
  const slot = { slotName: 'spillway_lost', publicationName: 'spillway_lost', sourceHash: 'hash', walBudgetBytes: 1n, status: 'ready' };
  await catalog().provision.create({ data: { streamId, sourceId: streamId, ...slot } });
  await catalog().spillBuffer.create({ data: { streamId, epoch: 1n, nextOrdinal: 8n } });
  const batch = { streamId, bytes: 1, oldestAt: new Date(), body: Buffer.from('x') };
  await catalog().spillBatch.createMany({
    data: [
      { ...batch, ordinal: 1n, events: 4, taken: 2 },
      { ...batch, ordinal: 5n, events: 3 },
    ],
  });
  return { streamId, confirmName: name };
}
const batches = (streamId: string) => catalog().spillBatch.count({ where: { streamId } });
const timeline = async (streamId: string) =>
  (await catalog().streamEvent.findMany({ where: { streamId }, orderBy: { at: 'desc' }, take: 1 }))[0]?.reason;

it('asks what becomes of a buffer that holds events, and does nothing without an answer', async () => {
  const asked = await lostWithBuffer();
  const lead = world.people.lead;
  await expect(recover.call(lead, asked)).rejects.toThrow('5 events of the durable buffer');
  await expect(recover.call(lead, { ...asked, buffered: 'discard' })).rejects.toMatchObject({
    detail: { problems: [{ field: 'reason' }] },
  });
  await expect(recover.call(lead, { ...asked, buffered: 'discard', reason: ' no ' })).rejects.toMatchObject({ kind: 'invalid_input' });
  expect(await batches(asked.streamId)).toBe(2);
  expect(await catalog().provision.findUnique({ where: { streamId: asked.streamId }, select: { status: true } })).toEqual({
    status: 'ready',
  });
});

it('keeps the buffer, or discards it with a reason that timeline and audit have', async () => {
  const [kept, gone] = [await lostWithBuffer(), await lostWithBuffer()];
  const lead = world.people.lead;
  await recover.call(lead, { ...kept, buffered: 'deliver' });
  expect(await batches(kept.streamId)).toBe(2);
  expect(await timeline(kept.streamId)).toContain('5 events of the durable buffer are delivered first');
  await recover.call(lead, { ...gone, buffered: 'discard', reason: 'the shop was restored from a backup' });
  expect(await batches(gone.streamId)).toBe(0);
  expect(await timeline(gone.streamId)).toContain('5 events of the durable buffer discarded: the shop was restored from a backup');
  const audited = await catalog().auditEntry.findFirst({ where: { verb: 'streams.recover' }, orderBy: { at: 'desc' } });
  expect(JSON.stringify(audited, (_, value) => (typeof value === 'bigint' ? String(value) : value))).toContain('restored from a backup');
});
