import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { streamSpec } from '@/core/spec/stream-spec';
import { type Change, UNCHANGED } from '@/worker/source/source';
import { createFlow } from '../registry';
import { withColumns } from '../with-columns';
import { FULL, order, orderChange, update } from './fixture';
import { stagedFlow } from './staged-flow';

const envelope = createFlow(
  { ...DEBEZIUM_DEFAULTS, decimalHandlingMode: 'string' },
  { logicalName: 'shop', database: 'd', tombstones: false, spillwayVersion: '1' },
);
type Stages = Parameters<typeof stagedFlow>[1];
async function made(stages: Stages, change: Change) {
  const result = (await stagedFlow(envelope, stages)).transform(change, 0n);
  if (result.kind !== 'events') return result.reason;
  return result.events.map(({ op, key, payload }) => ({ op, key, ...JSON.parse(payload?.toString() ?? 'null') }));
}
const hash = { columns: ['note'], salt: 'pepper-and-salt' };
const hashed = (text: string) => createHash('sha256').update(`pepper-and-salt${text}`).digest('hex');

it('without filter and transform the flow is what it was', async () => {
  expect(await stagedFlow(envelope, {})).toBe(envelope);
});

it('leaves out, masks and hashes in the old row and the new one; NULL stays NULL', async () => {
  const transform = { exclude: ['amount', 'ref', 'at'], mask: { columns: ['paid', 'status'], text: '****' }, hash };
  const [event] = (await made({ transform }, update(order({ note: 'old' }), order({ status: null })))) as [Record<string, unknown>];
  expect(event.before).toEqual({ id: 7, status: '****', note: hashed('old'), paid: '****' });
  expect(event.after).toEqual({ id: 7, status: null, note: hashed('a'), paid: '****' });
  expect(event.key).toBe('{"id":7}');
});

it('included columns come with the key, and a value that was not sent is hashed from the old row', async () => {
  const change = update(order({ note: 'long' }), order({ note: UNCHANGED }));
  const [event] = (await made({ transform: { include: ['note'], hash } }, change)) as [Record<string, unknown>];
  expect(event.after).toEqual({ id: 7, note: hashed('long') });
});

it.each<[Stages['transform'], string]>([
  [{ mask: { columns: ['id'], text: 'x' } }, 'transform.mask names "id", and it is of the key'],
  [{ exclude: ['id'] }, 'transform.exclude names "id"'],
  [{ hash: { ...hash, columns: ['id'] } }, 'set hash.keys to hash it all the same'],
  [{ mask: { columns: ['e_mail'], text: 'x' } }, 'shop.orders has no column "e_mail", which transform.mask names'],
])('%j stops its events', async (transform, message) => {
  await expect(made({ transform }, orderChange())).rejects.toThrow(message);
  await expect(made({ transform }, { ...orderChange(), relation: FULL })).rejects.toThrow(message);
});

it('a hashed key is hashed in the key of every event of the row', async () => {
  const transform = { hash: { ...hash, columns: ['id'], keys: true } };
  const key = JSON.stringify({ id: hashed('7') });
  expect(await made({ transform }, orderChange())).toMatchObject([{ key, after: { id: hashed('7') } }]);
  const old = order().map((value, index) => (index === 0 ? value : null));
  const deletion = orderChange({ op: 'd', before: old, beforeKind: 'key', after: null });
  expect(await made({ transform }, deletion)).toMatchObject([{ key, before: { id: hashed('7') } }]);
  expect((await stagedFlow(envelope, { transform })).keyOf(deletion)).toBe(key);
});

it('the filter sees values as they are; what a sink routes by is masked', async () => {
  const stages = { filter: { cel: 'after.status == "paid"' }, transform: { mask: { columns: ['status'], text: '****' } } };
  const flow = await stagedFlow(withColumns(envelope, ['status']), stages);
  expect(flow.transform(orderChange(), 0n)).toMatchObject({ events: [{ columns: { status: { text: '****' } } }] });
  expect(flow.transform(orderChange({ after: order({ status: 'new' }) }), 0n)).toEqual({
    kind: 'filtered',
    reason: 'cel is false: after.status == "paid"',
  });
});

it('tells why changes are left out, ever more rarely', async () => {
  const told: string[] = [];
  const flow = await stagedFlow(envelope, { filter: { cel: 'row.id == 1' } }, (text) => told.push(text));
  for (let n = 0; n < 150; n++) flow.transform(orderChange(), 0n);
  expect(told).toEqual(
    ['1 change', '10 changes', '100 changes'].map((count) => `left out ${count} since the start: cel is false: row.id == 1`),
  );
});

it('a filter that does not compile is refused before anything is read', async () => {
  await expect(stagedFlow(envelope, { filter: { cel: 'after.' } })).rejects.toMatchObject({ kind: 'invalid_input' });
});

const SPEC = {
  applicationId: 'orders',
  source: { type: 'PostgresLogicalReplication', database: 'shop', table: { name: 'orders' } },
  flow: { type: 'DebeziumEnvelope' },
  sink: { type: 'EventLog', target: 'log' },
  recovery: { type: 'None' },
};

it("FES' filter of the source is the jsonPath of the filter", () => {
  const jsonPath = '[?(@.source.txId > 500 && @.source.lsn > 123456)]';
  const fes = { ...SPEC, source: { ...SPEC.source, filter: jsonPath } };
  expect(streamSpec.parse(fes)).toEqual(streamSpec.parse({ ...SPEC, filter: { jsonPath } }));
  expect(streamSpec.parse({ ...fes, filter: { changedColumns: ['status'] } }).filter).toEqual({ changedColumns: ['status'], jsonPath });
  expect(streamSpec.safeParse({ ...fes, filter: { jsonPath } }).success).toBe(false);
});

it.each([
  [{ filter: {} }, 'give changedColumns, cel or jsonPath'],
  [{ transform: { include: ['a'], exclude: ['b'] } }, 'give include or exclude, not both'],
  [{ transform: { mask: { columns: ['a'] }, hash: { columns: ['a'], salt: '12345678' } } }, '"a" is in mask already'],
  [{ transform: { hash: { columns: ['a'], salt: '1234' } } }, 'use 8 characters or more'],
])('%j is refused', (part, message) => {
  expect(
    streamSpec
      .safeParse({ ...SPEC, ...part })
      .error?.issues.map((issue) => issue.message)
      .join(),
  ).toContain(message);
});
