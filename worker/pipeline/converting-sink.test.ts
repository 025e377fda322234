import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { RecoverySpec } from '@/core/spec/recovery';
import type { Conversion, ConversionLimits, Converted, ConvertibleEvent } from '@/worker/flow/conversion';
import type { OutboundEvent } from '@/worker/flow/flow';
import { noAbort, testEvent } from '@/worker/sink/conformance';
import type { DeliveryError, ErrorClass, SinkLimits } from '@/worker/sink/sink';
import { convertingSink } from './converting-sink';
import { Fence, fencedSink } from './fence';
import { rig, ScriptedSink } from './test-doubles';

const until = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 5 });
const error = (errorClass: ErrorClass, wholeBatch = false): DeliveryError => ({
  errorClass,
  message: `conversion: ${errorClass}`,
  ...(wholeBatch ? { wholeBatch } : {}),
});
const events = (...texts: string[]): Converted => ({ kind: 'events', events: texts.map((text) => ({ payload: Buffer.from(text) })) });
const failed = (why: DeliveryError): Converted => ({ kind: 'failed', error: why });

/** A conversion that answers what `judge` says of a payload's text; `judgeBatch` says why it refuses them all. */
class ScriptedConversion implements Conversion {
  readonly batches: string[][] = [];
  /** How often an event was converted to something. */
  readonly converted = new Map<string, number>();
  opened = 0;
  closed = 0;
  constructor(
    public judge: (text: string, event: ConvertibleEvent) => Converted = (text) => events(text),
    public limits: ConversionLimits = { maxBatchEvents: 20, maxBatchBytes: 10_000, maxEventBytes: 1_000 },
  ) {}
  judgeBatch: (texts: readonly string[]) => DeliveryError | null = () => null;

  async open() {
    this.opened++;
  }
  async close() {
    this.closed++;
  }
  async convert(batch: readonly ConvertibleEvent[]): Promise<readonly Converted[]> {
    await new Promise((resolve) => setImmediate(resolve));
    const texts = batch.map(({ payload }) => payload.toString());
    this.batches.push(texts);
    const whole = this.judgeBatch(texts);
    if (whole) return batch.map(() => failed({ ...whole, ...(batch.length > 1 && whole.wholeBatch ? {} : { wholeBatch: false }) }));
    return batch.map((event, index) => {
      const result = this.judge(texts[index] as string, event);
      if (result.kind !== 'failed') this.converted.set(event.id, (this.converted.get(event.id) ?? 0) + 1);
      return result;
    });
  }
}

const INNER: SinkLimits = { maxBatchEvents: 7, maxBatchBytes: 200, maxEventBytes: 100, partialOutcomes: true };
const textEvent = (text: string, key: string | null = `"${text}"`): OutboundEvent => testEvent({ key, payload: Buffer.from(text) });

describe('a sink behind conversions', () => {
  it('asks for the values that the sink asks for, behind the fence, too', () => {
    const asking = Object.assign(new ScriptedSink(), { columns: ['tenant'], keyExpression: 'row.tenant' });
    const fence = new Fence({ now: () => 0, askOwner: async () => 'ours', onFenced: () => undefined });
    expect(convertingSink(fencedSink(asking, fence), [])).toMatchObject({ columns: ['tenant'], keyExpression: 'row.tenant' });
  });

  it('sends what came out in order, with stable ids of its own for further messages, and says what was dropped', async () => {
    const inner = new ScriptedSink({ ...INNER, partialOutcomes: false });
    const double = new ScriptedConversion((text) =>
      text === 'b' ? { kind: 'dropped', reason: 'a draft' } : events(`${text}1`, `${text}2`),
    );
    const shout = new ScriptedConversion((text) => events(text.toUpperCase()));
    const written = vi.spyOn(inner, 'write');
    const sink = convertingSink(inner, [double, shout]);
    await sink.open(noAbort());
    const batch = [textEvent('a'), textEvent('b'), textEvent('c')];
    expect(await sink.write(batch, noAbort())).toEqual([{ ok: true }, { ok: true, dropped: 'a draft' }, { ok: true }]);
    expect(inner.delivered).toEqual(['A1', 'A2', 'C1', 'C2']);
    const seen = written.mock.calls.flatMap(([sent]) => sent);
    const [a, , c] = batch.map(({ id }) => id);
    expect(seen.map(({ id }) => id)).toEqual([a, `${a}+1`, c, `${c}+1`]);
    expect(seen.map(({ key }) => key)).toEqual(['"a"', '"a"', '"c"', '"c"']);
    await sink.close();
    expect([double.opened, double.closed, shout.closed]).toEqual([1, 1, 1]);
  });

  it('lets tombstones by, and keeps to the limits of conversions and of the sink', async () => {
    const inner = new ScriptedSink({ ...INNER, maxBatchEvents: 2 });
    const conversion = new ScriptedConversion((text) => events(text), { maxBatchEvents: 3, maxBatchBytes: 6, maxEventBytes: 50 });
    const sink = convertingSink(inner, [conversion]);
    expect(sink.limits).toEqual({ maxBatchEvents: 3, maxBatchBytes: 6, maxEventBytes: 50, partialOutcomes: false });
    const tombstone = testEvent({ key: '"t"', payload: null });
    const outcomes = await sink.write(
      [textEvent('aaa'), textEvent('bbb'), tombstone, textEvent('ccc'), textEvent('x'.repeat(51))],
      noAbort(),
    );
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true, true, false]);
    expect(outcomes[4]).toMatchObject({ error: { errorClass: 'oversize', message: 'the event has 51 bytes and the conversion takes 50' } });
    expect(conversion.batches).toEqual([['aaa', 'bbb'], ['ccc']]);
    expect(inner.batches).toEqual([
      ['aaa', 'bbb'],
      ['null', 'ccc'],
    ]);
    const grown = convertingSink(new ScriptedSink(INNER), [new ScriptedConversion(() => events('y'.repeat(101)))]);
    expect(await grown.write([textEvent('a')], noAbort())).toMatchObject([{ error: { errorClass: 'oversize' } }]);
  });

  it('does not convert again what the sink could not take, nor send again what it took', async () => {
    const inner = new ScriptedSink(INNER);
    const conversion = new ScriptedConversion((text) => events(`${text}1`, `${text}2`));
    const sink = convertingSink(inner, [conversion]);
    const batch = [textEvent('a'), textEvent('b')];
    inner.judge = (text) => (text === 'b2' ? error('contract') : null);
    expect((await sink.write(batch, noAbort())).map(({ ok }) => ok)).toEqual([true, false]);
    inner.judge = () => error('transient');
    await sink.write(batch.slice(1), noAbort());
    inner.judge = () => null;
    expect(await sink.write(batch.slice(1), noAbort())).toEqual([{ ok: true }]);
    expect(conversion.batches).toHaveLength(1);
    expect(inner.delivered).toEqual(['a1', 'b1', 'a2', 'b2']);
  });

  it('sends nothing behind an event that could not be converted, and asks about that one again only', async () => {
    const inner = new ScriptedSink(INNER);
    const conversion = new ScriptedConversion((text) => (text === 'b' ? failed(error('contract')) : events(text)));
    const sink = convertingSink(inner, [conversion]);
    const batch = [textEvent('a'), textEvent('b'), textEvent('c')];
    expect((await sink.write(batch, noAbort())).map(({ ok }) => ok)).toEqual([true, false, false]);
    conversion.judge = (text) => events(text);
    expect((await sink.write(batch.slice(1), noAbort())).map(({ ok }) => ok)).toEqual([true, true]);
    expect(conversion.batches).toEqual([['a', 'b', 'c'], ['b']]);
    expect(inner.delivered).toEqual(['a', 'b', 'c']);
  });

  it('hands an abort on, and works afterwards', async () => {
    const sink = convertingSink(new ScriptedSink(INNER), [new ScriptedConversion()]);
    await expect(sink.write([textEvent('a')], AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    expect(await sink.write([textEvent('a')], noAbort())).toEqual([{ ok: true }]);
  });
});

const deadLetter: RecoverySpec = { type: 'DeadLetter', maxAttempts: 2, keyOrder: 'skip', maxOpen: 10_000 };

describe('the delivery loop with conversions', () => {
  it('counts what they drop as filtered, and takes an outage of theirs for one of the sink: no letter, no event lost', async () => {
    const conversion = new ScriptedConversion((text) => (text === '3' ? { kind: 'dropped', reason: 'a draft' } : events(text)));
    let down = true;
    conversion.judgeBatch = () => (down ? error('throttled') : null);
    const one = rig(deadLetter, undefined, undefined, null, (sink) => convertingSink(sink, [conversion]));
    for (let n = 1; n <= 5; n++) one.receive(n, `k${n % 2}`);
    await until(() => expect(one.conditions.at(-1)).toMatchObject({ state: 'retrying' }));
    expect(one.ended).toEqual([]);
    down = false;
    await until(() => expect(one.ended).toHaveLength(5));
    expect(one.endings('filtered')).toEqual(['3']);
    expect(one.sink.delivered).toEqual(['1', '2', '4', '5']);
    expect(one.letters.letters).toEqual([]);
    await one.stop();
  });

  it('narrows a refused batch down to the event that is to blame, and replays it in the end', async () => {
    const conversion = new ScriptedConversion();
    conversion.judgeBatch = (texts) => (texts.includes('13') ? error('contract', true) : null);
    const one = rig(deadLetter, undefined, undefined, null, (sink) => convertingSink(sink, [conversion]));
    for (let n = 1; n <= 30; n++) one.receive(n, `k${n % 4}`);
    await until(() => expect(one.ended).toHaveLength(30));
    expect(one.endings('deadLettered')).toEqual(['13']);
    expect([...conversion.converted.values()].every((times) => times === 1)).toBe(true);
    conversion.judgeBatch = () => null;
    one.letters.replay();
    one.delivery.lettersChanged();
    await until(() => expect(one.letters.letters).toEqual([]));
    expect(one.sink.delivered.at(-1)).toBe('13');
    await one.stop();
  });

  it('replays letters of several keys together and blames none for another', async () => {
    const conversion = new ScriptedConversion((text) => (['2', '3'].includes(text) ? failed(error('contract')) : events(text)));
    const one = rig({ ...deadLetter, maxAttempts: 1 }, undefined, undefined, null, (sink) => convertingSink(sink, [conversion]));
    for (let n = 1; n <= 4; n++) one.receive(n, `k${n}`);
    await until(() => expect(one.endings('deadLettered').sort()).toEqual(['2', '3']));
    conversion.judge = (text) => (text === '2' ? failed(error('contract')) : events(text));
    one.letters.replay();
    one.delivery.lettersChanged();
    await until(() => expect(one.letters.letters.map(({ input }) => input.after?.[1])).toEqual(['2']));
    await until(() => expect(one.letters.of('open')).toEqual(['2']));
    expect(one.sink.delivered.sort()).toEqual(['1', '3', '4']);
    await one.stop();
  });

  it('keeps the order of every key, each event once, whatever fails where', async () => {
    const fate = fc.record({
      key: fc.integer({ min: 0, max: 2 }),
      does: fc.constantFrom('go', 'go', 'go', 'twice', 'drop', 'late', 'balk', 'poison', 'spoil'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { minLength: 1, maxLength: 24 }),
        fc.boolean(),
        fc.constantFrom<RecoverySpec>(deadLetter, { ...deadLetter, keyOrder: 'park' }, { type: 'Ignore', maxAttempts: 2 }),
        fc.integer({ min: 2, max: 9 }),
        async (fates, partialOutcomes, recovery, every) => {
          const does = (text: string) => fates[Number(text) - 1]?.does;
          let asked = 0;
          const late = new Set<string>();
          const conversion = new ScriptedConversion(
            (text) => {
              const act = does(text);
              if (act === 'drop') return { kind: 'dropped', reason: 'so' };
              if (act === 'poison') return failed(error('contract'));
              // Works at the second attempt.
              if (act === 'late' && !late.has(text)) return late.add(text) && failed(error('contract'));
              return act === 'twice' ? events(text, `${text}b`) : events(text);
            },
            { maxBatchEvents: 6, maxBatchBytes: 12, maxEventBytes: 50 },
          );
          conversion.judgeBatch = (texts) => {
            if (++asked % every === 0) return error('transient');
            return texts.some((text) => does(text) === 'spoil') ? error('contract', true) : null;
          };
          let written = 0;
          const inner = new ScriptedSink({ maxBatchEvents: 4, maxBatchBytes: 10, maxEventBytes: 50, partialOutcomes });
          const balked = new Set<string>();
          // The sink takes it at the second attempt.
          inner.judge = (text) => (does(text) === 'balk' && !balked.has(text) && balked.add(text) ? error('contract') : null);
          inner.judgeBatch = () => (++written % (every + 1) === 0 ? error('transient') : null);
          const one = rig(recovery, inner, undefined, null, (sink) => convertingSink(sink, [conversion]));
          for (const [index, { key }] of fates.entries()) one.receive(index + 1, `"${key}"`);
          await until(() => expect(one.ended).toHaveLength(fates.length));
          await one.stop();
          const parks = recovery.type === 'DeadLetter' && recovery.keyOrder === 'park';
          for (const key of [0, 1, 2]) {
            const expected: string[] = [];
            for (const [index, fated] of fates.entries()) {
              const text = String(index + 1);
              if (fated.key !== key || fated.does === 'drop') continue;
              if (fated.does !== 'poison' && fated.does !== 'spoil')
                expected.push(...(fated.does === 'twice' ? [text, `${text}b`] : [text]));
              else if (parks) break;
            }
            expect(inner.delivered.filter((text) => fates[Number.parseInt(text, 10) - 1]?.key === key)).toEqual(expected);
          }
          expect([...conversion.converted.values()].every((times) => times === 1)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});
