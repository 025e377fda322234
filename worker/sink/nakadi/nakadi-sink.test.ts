import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import type { Resolve } from '@/worker/network/address-policy';
import { NakadiPeer } from '@/worker/testing/peers/nakadi';
import type { PeerEventType } from '@/worker/testing/peers/nakadi-rules';
import { noAbort, sinkConformance, testEvent } from '../conformance';
import type { Sink } from '../sink';
import { eidOf } from './nakadi-event';
import { createNakadiSink } from './nakadi-sink';

const peer = new NakadiPeer();
const CONTEXT = { streamId: 's1', streamName: 'orders-live', epoch: 2, catalogUrl: '' };
let token = 'static-token';

beforeAll(() => peer.up());
afterAll(() => peer.down());
const opened: Sink[] = [];
afterEach(async () => {
  peer.error = null;
  peer.gate = Promise.resolve();
  peer.failAll(false);
  await Promise.all(opened.splice(0).map((sink) => sink.close()));
});

const type = (part: Partial<PeerEventType> = {}): PeerEventType => ({
  category: 'business',
  partition_strategy: 'hash',
  partition_key_fields: ['partition'],
  cleanup_policy: 'delete',
  required: [],
  ...part,
});

interface Options {
  readonly auth?: SinkTargetConfigOf<'Nakadi'>['auth'];
  readonly secret?: string;
  readonly private?: boolean;
  readonly resolve?: Resolve;
}
function sinkOn(eventType: string, options: Options = {}): Sink {
  const sink = createNakadiSink(
    { type: 'Nakadi', target: 'bus', eventType, maxBatchSize: 100 },
    {
      type: 'Nakadi',
      url: peer.url,
      auth: options.auth ?? { type: 'token' },
      allowPrivateNetwork: options.private ?? true,
      timeoutMs: 5_000,
    },
    options.secret ?? token,
    CONTEXT,
    options.resolve,
  );
  opened.push(sink);
  return sink;
}
function newType(part: Partial<PeerEventType> = {}): string {
  const name = `t${randomUUID()}`;
  peer.eventTypes.set(name, type(part));
  return name;
}
const payload = (fields: object) => Buffer.from(JSON.stringify(fields));
const metadataOf = (event: unknown) => (event as { metadata: Record<string, string> }).metadata;

describe('the Nakadi sink conforms, on a Nakadi of our own, not Zalando’s', () => {
  // By `partition`, which the test’s events do not have: all are in one partition, so that what arrived has one order.
  const name = 'conformance';
  const ids = new Map<string, { id: string; key: string | null }>();
  beforeAll(() => void peer.eventTypes.set(name, type()));
  const recording = (sink: Sink): Sink => ({
    ...sink,
    limits: sink.limits,
    write(batch, signal) {
      for (const { id, key } of batch) ids.set(eidOf(id), { id, key });
      return sink.write(batch, signal);
    },
  });
  let broken: string | null = null;

  sinkConformance(
    { of: 'Nakadi', kind: 'ours', name: 'a Nakadi written from its API', why: 'Zalando publishes no Nakadi that could be installed' },
    {
      removesRepeats: false,
      tooLargeBytes: 999_000,
      // The event goes out with metadata of its own that break a rule of Nakadi’s.
      async refuse(id) {
        broken = id;
        return {
          restore: async () => {
            broken = null;
          },
        };
      },
      async rotate() {
        peer.tokens.delete(token);
        token = `rotated-${randomUUID()}`;
        peer.tokens.add(token);
      },
    },
    () => ({
      sink: () => {
        const sink = recording(sinkOn(name));
        return {
          ...sink,
          write: (batch, signal) =>
            sink.write(
              batch.map((event) => (event.id === broken ? { ...event, payload: payload({ metadata: { eid: 'none' } }) } : event)),
              signal,
            ),
        };
      },
      arrived: async () =>
        peer.published.flatMap(({ event, text }) => {
          const metadata = metadataOf(event);
          const known = ids.get(metadata.eid ?? '');
          // What the sink puts in front is taken off; the rest must be the payload’s own bytes.
          return known ? [{ ...known, payload: text.replace(`"metadata":${JSON.stringify(metadata)},`, '') }] : [];
        }),
      peerDown: () => peer.down(),
      peerUp: () => peer.up(),
      hang: async () => {
        let open: () => void = () => undefined;
        peer.gate = new Promise((resolve) => {
          open = resolve;
        });
        return { release: async () => open() };
      },
    }),
  );
});

describe('what is posted', () => {
  it('metadata as the category wants it: an eid that a repeat has too, and the time of the commit', async () => {
    const name = newType();
    const event = testEvent({ payload: payload({ id: 1 }) });
    for (let round = 0; round < 2; round++) expect(await sinkOn(name).write([event], noAbort())).toEqual([{ ok: true }]);
    const [first, second] = peer.published.slice(-2);
    expect(metadataOf(first?.event)).toEqual({ eid: eidOf(event.id), occurred_at: '2019-05-28T08:58:24.863Z' });
    expect(metadataOf(second?.event).eid).toBe(eidOf(event.id));
    expect(first?.flowId).toBe(`orders-live-${eidOf(event.id)}`);
    expect(second?.flowId).toBe(first?.flowId);
    // RFC 9562: version 5, variant 10.
    expect(eidOf('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('data change events, undefined ones as they are, compacted ones by their key, and metadata that an outbox brought', async () => {
    const write = (name: string, fields: object) =>
      sinkOn(name).write([testEvent({ key: '{"id":7}', payload: payload(fields) })], noAbort());
    const change = { data_op: 'U', data_type: 'shop.orders', data: { id: 7 } };
    expect(await write(newType({ category: 'data', required: ['id'] }), change)).toEqual([{ ok: true }]);
    expect(await write(newType({ category: 'undefined' }), { any: 1 })).toEqual([{ ok: true }]);
    expect(peer.published.at(-1)?.text).toBe('{"any":1}');
    expect(await write(newType({ cleanup_policy: 'compact' }), {})).toEqual([{ ok: true }]);
    expect(metadataOf(peer.published.at(-1)?.event).partition_compaction_key).toBe('{"id":7}');
    const own = { metadata: { eid: eidOf('own'), occurred_at: '2026-01-01T00:00:00Z' }, id: 1 };
    expect(await write(newType(), own)).toEqual([{ ok: true }]);
    expect(peer.published.at(-1)?.event).toEqual(own);
    expect(await write(newType(), [1])).toMatchObject([{ error: { errorClass: 'contract' } }]);
  });
});

describe('what is answered', () => {
  it('422: each event that breaks a rule is named with the rule, the others are published in order', async () => {
    const name = newType({ required: ['id'] });
    const batch = [{ id: 1 }, { no: 1 }, { id: 2 }, { no: 2 }, { id: 3 }].map((fields, index) =>
      testEvent({ key: `{"id":${index}}`, payload: payload(fields) }),
    );
    const before = peer.published.length;
    const outcomes = await sinkOn(name).write(batch, noAbort());
    expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, false, true, false, true]);
    expect(outcomes[1]).toMatchObject({
      error: { errorClass: 'contract', status: 422, message: expect.stringContaining('[id] not found') },
    });
    expect(peer.published.slice(before).map(({ event }) => event.id)).toEqual([1, 2, 3]);
  });

  it('207: what a partition did not take is an outage, what others took is delivered; a key that was overtaken is told', async () => {
    const name = newType();
    const events = Array.from({ length: 40 }, (_, index) => testEvent({ key: `{"id":${index}}`, payload: payload({ partition: index }) }));
    const sink = sinkOn(name);
    expect((await sink.write(events, noAbort())).every((outcome) => outcome.ok)).toBe(true);
    const away = peer.published.at(-1)?.partition ?? 0;
    peer.failPartitions.add(away);
    const outcomes = await sink.write(events, noAbort());
    expect(outcomes.filter((outcome) => !outcome.ok).length).toBeGreaterThan(0);
    expect(outcomes.filter((outcome) => outcome.ok).length).toBeGreaterThan(0);
    expect(outcomes.at(-1)).toMatchObject({ error: { errorClass: 'transient', status: 207 } });
    const other = events.find((_, index) => outcomes[index]?.ok);
    const overtaken = await sink.write([{ ...(events.at(-1) ?? testEvent()), key: other?.key ?? null }, other ?? testEvent()], noAbort());
    expect(overtaken).toMatchObject([{ error: { message: expect.stringContaining('published before it') } }, { ok: true }]);
  });

  it('throttling with its wait, a failing bus, a missing event type, a refused token', async () => {
    const name = newType();
    const sink = sinkOn(name);
    await sink.open(noAbort());
    const failing = async (error: NakadiPeer['error']) => {
      peer.error = error;
      const [outcome] = await sink.write([testEvent()], noAbort());
      return outcome?.ok === false ? outcome.error : null;
    };
    expect(await failing({ status: 429, headers: { 'retry-after': '3' } })).toMatchObject({ errorClass: 'throttled', retryAfterMs: 3_000 });
    expect(await failing({ status: 503 })).toMatchObject({ errorClass: 'throttled' });
    expect(await failing({ status: 500 })).toMatchObject({ errorClass: 'transient' });
    expect(await failing({ status: 403, body: '{"title":"Forbidden","detail":"no write scope"}' })).toMatchObject({
      errorClass: 'auth',
      message: expect.stringContaining('no write scope'),
    });
    expect(await failing({ status: 207, body: 'not JSON' })).toMatchObject({ errorClass: 'transient' });
    peer.error = null;
    const type = peer.eventTypes.get(name);
    peer.eventTypes.delete(name);
    expect(await sink.write([testEvent()], noAbort())).toMatchObject([{ error: { errorClass: 'transient' } }]);
    if (type) peer.eventTypes.set(name, type);
    expect(await sink.write([testEvent()], noAbort())).toEqual([{ ok: true }]);
  });
});

describe('opening', () => {
  it('names what cannot work: no such event type, partitions in the events, a token that is refused', async () => {
    await expect(sinkOn('none').open(noAbort())).rejects.toMatchObject({
      kind: 'sink_misconfigured',
      message: expect.stringContaining('none'),
    });
    expect((await sinkOn('none').check(noAbort())).find((step) => step.name === 'Event type')).toMatchObject({ status: 'failed' });
    await expect(sinkOn(newType({ partition_strategy: 'user_defined' })).open(noAbort())).rejects.toMatchObject({
      kind: 'sink_misconfigured',
    });
    const refused = await sinkOn(newType(), { secret: 'canary-token' })
      .open(noAbort())
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: 'sink_auth_failed' });
    expect(String(refused) + JSON.stringify(refused)).not.toContain('canary');
  });

  it('keeps to the addresses that the target allows, for the token server, too', async () => {
    const before = peer.connections;
    await expect(sinkOn(newType(), { private: false }).open(noAbort())).rejects.toMatchObject({ kind: 'sink_misconfigured' });
    const auth = { type: 'clientCredentials', tokenUrl: 'https://login.example.com/token', clientId: 'x' } as const;
    const lying: Resolve = async () => [{ address: '169.254.169.254', family: 4 }];
    await expect(sinkOn(newType(), { auth, resolve: lying }).open(noAbort())).rejects.toMatchObject({
      message: expect.stringContaining('linkLocal'),
    });
    expect(peer.connections).toBe(before);
  });
});

describe('client credentials', () => {
  const auth = () =>
    ({ type: 'clientCredentials', tokenUrl: `${peer.url}/token`, clientId: 'spillway', scope: 'nakadi.event_stream.write' }) as const;

  it('one token serves many requests, and another one is asked for when it is refused', async () => {
    const sink = sinkOn(newType(), { auth: auth(), secret: 'client-secret' });
    const before = peer.grants;
    await sink.open(noAbort());
    for (let round = 0; round < 3; round++) expect(await sink.write([testEvent()], noAbort())).toEqual([{ ok: true }]);
    expect(peer.grants).toBe(before + 1);
    peer.tokens.delete(`granted-${peer.grants}`);
    expect(await sink.write([testEvent()], noAbort())).toEqual([{ ok: true }]);
    expect(peer.grants).toBe(before + 2);
  });

  it('a refused client is a matter of credentials, told without them', async () => {
    const sink = sinkOn(newType(), { auth: auth(), secret: 'canary-secret' });
    const error = await sink.open(noAbort()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'sink_auth_failed', message: expect.stringContaining('token server answered 401') });
    expect(JSON.stringify(await sink.check(noAbort()))).not.toContain('canary');
    expect(await sink.write([testEvent()], noAbort())).toMatchObject([{ error: { errorClass: 'auth' } }]);
  });
});
