import { afterAll, beforeAll, expect, it } from 'vitest';
import { NakadiPeer } from './nakadi';
import { MAX_EVENT_BYTES, type PeerEventType } from './nakadi-rules';

const peer = new NakadiPeer();
beforeAll(() => peer.up());
afterAll(() => peer.down());

const metadata = { eid: '5e0ffb7d-0f6b-5f0c-9d3a-6b7c2f1d8e94', occurred_at: '2026-11-21T10:00:00.123Z' };
const business = { metadata, id: 1 };
const data = { metadata, data_op: 'C', data_type: 'order', data: { id: 1 } };
const type = (part: Partial<PeerEventType>): PeerEventType => ({
  category: 'business',
  partition_strategy: 'random',
  cleanup_policy: 'delete',
  required: ['id'],
  ...part,
});
const withMeta = (part: object) => ({ ...business, metadata: { ...metadata, ...part } });

async function post(events: unknown, eventType: PeerEventType, headers: Record<string, string> = {}) {
  peer.eventTypes.set('orders', eventType);
  const response = await fetch(`${peer.url}/event-types/orders/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer static-token', ...headers },
    body: typeof events === 'string' ? events : JSON.stringify(events),
  });
  const text = await response.text();
  return {
    status: response.status,
    items: text.startsWith('[') ? (JSON.parse(text) as { publishing_status: string; step: string }[]) : text,
  };
}
const failed = (step: string) => ({ status: 422, items: [{ publishing_status: 'failed', step }] });

it.each([
  ['a business event', business, {}, { status: 200, items: '' }],
  ['a data change event', data, { category: 'data' }, { status: 200, items: '' }],
  ['an undefined event without metadata', { id: 1 }, { category: 'undefined' }, { status: 200, items: '' }],
  ['no metadata', { id: 1 }, {}, failed('validating')],
  ['an eid that is no UUID', withMeta({ eid: '7' }), {}, failed('validating')],
  ['no occurred_at', withMeta({ occurred_at: undefined }), {}, failed('validating')],
  ['an occurred_at without zone', withMeta({ occurred_at: '2026-11-21T10:00:00' }), {}, failed('validating')],
  ['a received_at, which is Nakadi’s', withMeta({ received_at: metadata.occurred_at }), {}, failed('validating')],
  ['a version, which is Nakadi’s', withMeta({ version: '1.0.0' }), {}, failed('validating')],
  ['another event_type', withMeta({ event_type: 'customers' }), {}, failed('enriching')],
  ['a field that the schema requires', { metadata }, {}, failed('validating')],
  ['a data_op that is none', { ...data, data_op: 'X' }, { category: 'data' }, failed('validating')],
  ['no data_type', { ...data, data_type: undefined }, { category: 'data' }, failed('validating')],
  ['data without what its schema requires', { ...data, data: {} }, { category: 'data' }, failed('validating')],
  ['no compaction key on a compacted type', business, { cleanup_policy: 'compact' }, failed('enriching')],
  ['a compaction key on another', withMeta({ partition_compaction_key: '1' }), {}, failed('enriching')],
  [
    'a compaction key where it belongs',
    withMeta({ partition_compaction_key: '1' }),
    { cleanup_policy: 'compact' },
    { status: 200, items: '' },
  ],
  ['no partition where it is user_defined', business, { partition_strategy: 'user_defined' }, failed('partitioning')],
  ['one byte too many', { ...business, text: 'x'.repeat(MAX_EVENT_BYTES) }, {}, failed('validating')],
] as const)('our own Nakadi, on %s', async (_, event, part, answer) => {
  expect(await post([event], type(part))).toMatchObject(answer);
});

it('our own Nakadi publishes nothing of a request with a broken event, and says which it is', async () => {
  const before = peer.published.length;
  const { status, items } = await post([business, { metadata }, business, { metadata }], type({}));
  expect([status, (items as { publishing_status: string }[]).map((item) => item.publishing_status)]).toEqual([
    422,
    ['aborted', 'failed', 'aborted', 'aborted'],
  ]);
  expect(peer.published.length).toBe(before);
});

it('our own Nakadi fails the events of a partition that is away, and answers 207 even when those are all', async () => {
  peer.failAll(true);
  expect(await post([business, business], type({}))).toMatchObject({
    status: 207,
    items: [{ publishing_status: 'failed', step: 'publishing' }, {}],
  });
  peer.failAll(false);
});

it('our own Nakadi asks for a token, JSON and an event type that exists', async () => {
  expect(await post([business], type({}), { authorization: 'Bearer other' })).toMatchObject({ status: 401 });
  expect(await post([business], type({}), { 'content-type': 'text/plain' })).toMatchObject({ status: 415 });
  expect(await post('{', type({}))).toMatchObject({ status: 400 });
  const headers = { authorization: 'Bearer static-token' };
  expect((await fetch(`${peer.url}/event-types/none`, { headers })).status).toBe(404);
});
