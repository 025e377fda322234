import { describe, expect, it } from 'vitest';
import { type Change, UNCHANGED } from '@/worker/source/source';
import { packChanges, unpackChanges } from './spill-codec';
import { changeOf } from './test-doubles';

describe('a batch of the buffer', () => {
  it('gives back what was put in: every kind of change, in order, one shape a table', async () => {
    const relation = changeOf(1, 'a').relation;
    const put: Change[] = [
      { ...changeOf(1, 'a'), relation, after: ['a', null, UNCHANGED, 'x\0y'] as Change['after'] },
      { ...changeOf(2, 'b'), relation, op: 'u', before: ['b', 'old'], beforeKind: 'full' },
      { ...changeOf(3, 'c'), op: 'm', position: { systemId: 's', commitLsn: 3n, seq: 0, fromSnapshot: false, messageLsn: 9n } },
      { ...changeOf(4, 'd'), transaction: null, snapshot: 'incremental', cut: [{ side: 'after', column: 0, bytes: 9, preview: '\0p' }] },
    ];
    const got = await unpackChanges(await packChanges(put));
    expect(got).toEqual(put.map((change) => ({ ...change, wireBytes: 0 })));
    expect(got[1]?.relation).toBe(got[0]?.relation);
  });
  it('takes a fraction of what 500 events of 300 bytes take, and far less than their time at 2,000 a second', async () => {
    const columns = Array.from({ length: 12 }, (_, index) => ({
      name: `column_${index}`,
      typeOid: 25,
      typeModifier: -1,
      typeName: 'text',
      primaryKey: index === 0,
      identity: index === 0,
    }));
    const relation = { ...changeOf(1, 'a').relation, columns };
    const put = Array.from({ length: 500 }, (_, n) => ({ ...changeOf(n, `k${n}`), relation, after: [`k${n}`, 'x'.repeat(300)] }));
    expect((await packChanges(put)).length).toBeLessThan(500 * 300);
  });
});
