import { describe, expect, it } from 'vitest';
import type { Contender } from './benchmark';
import { type ContextOptions, RunContext } from './context';

const METRICS = [{ name: 'rate', unit: 'rows/s' }];

function contender(name: string, order: string[], fails = (_round: number) => false): Contender {
  return {
    name,
    async run(round) {
      order.push(`${name}${round}`);
      if (fails(round)) throw new Error(`${name} broke`);
      return { rate: 10 + round };
    },
  };
}

function world(options: Partial<ContextOptions> = {}) {
  const printed: string[] = [];
  const context = new RunContext({ runs: 3, scale: 1, only: [], contenders: [], print: (line) => printed.push(line), ...options });
  context.say = () => undefined;
  return { context, printed, order: [] as string[] };
}

describe('comparing', () => {
  it('runs in turns, and leaves out what is missing or has failed, saying why', async () => {
    const { context, printed, order } = world();
    const breaks = contender('b', order, (round) => round === 1);
    const absent = { ...contender('c', order), missing: 'not installed' };
    const samples = await context.compare({ table: 't', metrics: METRICS, contenders: [contender('a', order), breaks, absent] });
    expect(order).toEqual(['a0', 'b0', 'b1', 'a1', 'a2']);
    expect([...samples]).toEqual([
      ['a', [{ rate: 10 }, { rate: 11 }, { rate: 12 }]],
      ['b', [{ rate: 10 }, null]],
    ]);
    expect(printed.slice(0, 2)).toEqual(['skipped: c: not installed', 'FAILED: t, b: b broke']);
    expect(context.failures).toBe(1);
  });

  it('adds rounds to those of an earlier run; who did not run then has none of them', async () => {
    const { context, order } = world({ runs: 1, earlier: { t: { a: [{ rate: 1 }, { rate: 2 }] }, other: { a: [{ rate: 9 }] } } });
    await context.compare({ table: 't', metrics: METRICS, contenders: [contender('a', order), contender('b', order)] });
    expect([...(context.tables.get('t') ?? [])]).toEqual([
      ['a', [{ rate: 1 }, { rate: 2 }, { rate: 12 }]],
      ['b', [null, null, { rate: 12 }]],
    ]);
    expect([...context.tables.keys()]).toEqual(['t', 'other']);
  });

  it('undoes what was made, latest first, also when something can not be undone', async () => {
    const { context, order } = world();
    context.cleanup(() => void order.push('server'));
    context.cleanup(() => Promise.reject(new Error('stuck')));
    context.cleanup(() => void order.push('slot'));
    await context.end();
    expect(order).toEqual(['slot', 'server']);
  });
});
