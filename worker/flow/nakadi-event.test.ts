import { describe, expect, it } from 'vitest';
import type { Change, Column, Relation } from '@/worker/source/source';
import { UNCHANGED } from '@/worker/source/source';
import { createNakadiEvent } from './nakadi-event';

const column = (name: string, typeName: string, typeOid: number, primaryKey = false): Column => ({
  name,
  typeOid,
  typeModifier: -1,
  typeName,
  primaryKey,
  identity: primaryKey,
});
const relation: Relation = {
  oid: 1,
  schema: 'shop',
  table: 'outbox',
  replicaIdentity: 'default',
  columns: [column('id', 'int8', 20, true), column('price', 'numeric', 1700), column('payload', 'jsonb', 3802)],
};
const PAYLOAD = '{"order": 12345678901234567890, "text": "ä"}';

function change(part: Partial<Change>): Change {
  return {
    op: 'c',
    relation,
    before: null,
    beforeKind: 'none',
    after: ['7', '1.50', PAYLOAD],
    lsn: 1n,
    position: { systemId: '9', commitLsn: 26n, seq: 2, fromSnapshot: false },
    transaction: { xid: 1, commitLsn: 26n, commitTimeUs: 1_559_033_904_863_123n, previousCommitLsn: null },
    wireBytes: 10,
    ...part,
  };
}
const eventsOf = (flow: ReturnType<typeof createNakadiEvent>, part: Partial<Change>) => {
  const result = flow.transform(change(part), 0n);
  if (result.kind !== 'events') throw new Error(result.reason);
  return result.events.map(({ id, op, key, payload }) => ({ id, op, key, payload: String(payload) }));
};

describe('with a payload column', () => {
  const flow = createNakadiEvent({ type: 'PostgresWalToGenericNakadiEvent', payloadColumn: 'payload' });

  it('the column’s JSON is the event, its bytes untouched', () => {
    expect(eventsOf(flow, {})).toEqual([{ id: '9/0-1A/2', op: 'c', key: '{"id":7}', payload: PAYLOAD }]);
    expect(eventsOf(flow, { op: 'r', transaction: null })).toMatchObject([{ op: 'r', payload: PAYLOAD }]);
    const full = { op: 'u', beforeKind: 'full', before: ['7', '1', PAYLOAD], after: ['7', '2', UNCHANGED] } as const;
    expect(eventsOf(flow, full)).toMatchObject([{ payload: PAYLOAD }]);
  });

  it('what is no event is filtered with a reason, what should be one and cannot is poison that names the column', () => {
    for (const op of ['d', 't', 'm'] as const) expect(flow.transform(change({ op }), 0n)).toMatchObject({ kind: 'filtered' });
    expect(() => flow.transform(change({ after: ['7', '1', null] }), 0n)).toThrow('"payload" is null');
    expect(() => flow.transform(change({ after: ['7', '1', '[1]'] }), 0n)).toThrow('does not hold a JSON object');
    expect(() => flow.transform(change({ op: 'u', after: ['7', '1', UNCHANGED] }), 0n)).toThrow('REPLICA IDENTITY FULL');
    const other = createNakadiEvent({ type: 'PostgresWalToGenericNakadiEvent', payloadColumn: 'body' });
    expect(() => other.transform(change({}), 0n)).toThrow('no column "body"');
  });
});

describe('without one', () => {
  const flow = createNakadiEvent({ type: 'PostgresWalToGenericNakadiEvent', payloadColumn: null });
  const row = '{"id":7,"price":"1.50","payload":"{\\"a\\":1}"}';
  const after = ['7', '1.50', '{"a":1}'];

  it('each change of a row is a data change event: C, U, D, and S for existing rows', () => {
    const wanted = (op: string, data: string) => `{"data_op":"${op}","data_type":"shop.outbox","data":${data}}`;
    expect(eventsOf(flow, { after })).toMatchObject([{ op: 'c', payload: wanted('C', row) }]);
    expect(eventsOf(flow, { op: 'u', after })).toMatchObject([{ op: 'u', payload: wanted('U', row) }]);
    expect(eventsOf(flow, { op: 'r', after })).toMatchObject([{ op: 'r', payload: wanted('S', row) }]);
    const gone = { op: 'd', after: null, beforeKind: 'key', before: ['7', null, null] } as const;
    expect(eventsOf(flow, gone)).toMatchObject([{ op: 'd', key: '{"id":7}', payload: wanted('D', '{"id":7}') }]);
  });

  it('a changed key ends the old row and begins the new one, each with an id of its own', () => {
    const moved = { op: 'u', after, beforeKind: 'key', before: ['6', null, null] } as const;
    expect(eventsOf(flow, moved)).toMatchObject([
      { id: '9/0-1A/2', op: 'd', key: '{"id":6}' },
      { id: '9/0-1A/2.1', op: 'c', key: '{"id":7}' },
    ]);
  });

  it('leaves out what was not sent', () => {
    expect(eventsOf(flow, { op: 'u', after: ['7', '1.50', UNCHANGED] })).toMatchObject([
      { payload: expect.stringContaining('"data":{"id":7,"price":"1.50"}') },
    ]);
  });
});
