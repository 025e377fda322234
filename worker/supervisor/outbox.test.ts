import { expect, test } from 'vitest';
import { SpillwayError } from '@/core/errors';
import { Outbox } from './outbox';

test('waiting states of a stream collapse to the latest, other writes keep their order', async () => {
  const written: string[] = [];
  const outbox = new Outbox(() => undefined, 60_000);
  const put = (key: string | null, text: string) => outbox.put('s', key, async () => written.push(text));
  put('state', 'retrying');
  put('state', 'streaming');
  put(null, 'slot');
  put('state', 'paused');
  put('state', 'running');
  await outbox.flush();
  expect(written).toEqual(['streaming', 'slot', 'running']);
});

test('an outage keeps what waits, in order; a write that can never succeed is told and left out', async () => {
  const written: string[] = [];
  const errors: unknown[] = [];
  let away = true;
  const outbox = new Outbox((_, thrown) => errors.push(thrown), 60_000);
  const put = (text: string) =>
    outbox.put('s', null, async () => {
      if (away) throw new SpillwayError('catalog_unavailable', 'away');
      if (text === 'bad') throw new Error('bad statement');
      written.push(text);
    });
  for (const text of ['one', 'bad', 'two']) put(text);
  await outbox.flush();
  expect(written).toEqual([]);
  away = false;
  await outbox.flush();
  expect(written).toEqual(['one', 'two']);
  expect(errors).toHaveLength(1);
});

test('an outage does not bring back a state that was replaced meanwhile', async () => {
  const written: string[] = [];
  let away = true;
  const outbox = new Outbox(() => undefined, 60_000);
  const put = (text: string) =>
    outbox.put('s', 'state', async () => {
      if (!away) return written.push(text);
      if (text === 'old') put('new');
      throw new SpillwayError('catalog_unavailable', 'away');
    });
  put('old');
  await outbox.flush();
  away = false;
  await outbox.flush();
  expect(written).toEqual(['new']);
});
