import { expect, test } from 'vitest';
import { SpillwayError } from '@/core/errors';
import type { OutboundEvent } from '@/worker/flow/flow';
import { DELIVERED, type DeliveryError, type Sink } from '@/worker/sink/sink';
import type { CopyStore, LetterCopy } from './copies';
import { LetterPublisher } from './letter-publisher';

const letter = (id: string, part: Partial<LetterCopy> = {}): LetterCopy => ({
  letterId: id,
  eventId: `sys/${id}/0`,
  op: 'u',
  schema: 'public',
  table: 'orders',
  key: '{"id":1}',
  commitLsn: 0x16b37458n,
  seq: 0,
  committedAt: new Date('2026-11-21T10:00:00.123Z'),
  diedAt: new Date('2026-11-21T10:00:01Z'),
  revisionNumber: 3,
  errorClass: 'contract',
  errorMessage: 'amount must be\npositive',
  attempts: [{ at: '2026-11-21T10:00:00.500Z', errorClass: 'contract', message: 'amount must be\npositive', status: 422 }],
  attemptCount: 1,
  output: '{"after":{"id":1}}',
  input: null,
  refusals: 0,
  ...part,
});

/** The outbox in memory: refused copies are due again at once after a sleep. */
class MemoryCopies implements CopyStore {
  readonly done: string[] = [];
  readonly refusedWith: string[] = [];
  lastFailure = '';
  down = 0;
  private readonly later = new Set<string>();
  constructor(private readonly waiting: LetterCopy[]) {}
  async due(limit: number): Promise<readonly LetterCopy[]> {
    if (this.down > 0) {
      this.down--;
      throw new SpillwayError('catalog_unavailable', 'the catalog is away');
    }
    return this.waiting.filter(({ letterId }) => !this.later.has(letterId)).slice(0, limit);
  }
  async published(id: string): Promise<void> {
    this.done.push(id);
    this.waiting.splice(
      this.waiting.findIndex(({ letterId }) => letterId === id),
      1,
    );
  }
  async refused(id: string, message: string): Promise<void> {
    this.refusedWith.push(`${id}: ${message}`);
    this.later.add(id);
  }
  async failed(message: string): Promise<void> {
    this.lastFailure = message;
  }
  async nextIn(): Promise<number | null> {
    return this.waiting.length > 0 ? 60_000 : null;
  }
  passTime(): void {
    this.later.clear();
  }
}

interface World {
  readonly copies: LetterCopy[];
  readonly judge?: (event: OutboundEvent, attempt: number) => DeliveryError | null;
  readonly makeSink?: (made: number) => void;
  readonly form?: 'headers' | 'body';
  readonly maxEventBytes?: number;
  /** Sleeps after which the test is over. */
  readonly sleeps: number;
  readonly onSleep?: (store: MemoryCopies, ms: number | null) => void;
  readonly down?: number;
}

async function publish(world: World) {
  const store = new MemoryCopies([...world.copies]);
  store.down = world.down ?? 0;
  const sent: OutboundEvent[] = [];
  const told: string[] = [];
  const slept: (number | null)[] = [];
  const aborting = new AbortController();
  let made = 0;
  let attempts = 0;
  const sink: Sink = {
    limits: { maxBatchEvents: 10, maxBatchBytes: 1e6, maxEventBytes: world.maxEventBytes ?? 1e6, partialOutcomes: true },
    open: async () => undefined,
    check: async () => [],
    close: async () => undefined,
    async write([event]) {
      if (!event) return [];
      const error = world.judge?.(event, ++attempts);
      if (error) return [{ ok: false, error }];
      sent.push(event);
      return [DELIVERED];
    },
  };
  await new LetterPublisher({
    store,
    makeSink: () => {
      world.makeSink?.(++made);
      return sink;
    },
    context: { streamName: 'orders-live', form: world.form ?? 'headers' },
    place: 'queue dead of queues',
    tell: (reason) => told.push(reason),
    async sleep(ms) {
      slept.push(ms);
      world.onSleep?.(store, ms);
      if (slept.length >= world.sleeps) aborting.abort();
    },
    signal: aborting.signal,
    random: () => 0.5,
  }).run();
  return { store, sent, told, slept };
}

test('a copy is the message as it was sent, with what happened to it in headers, under the letter’s id', async () => {
  const { sent, store, slept } = await publish({ copies: [letter('a'), letter('b', { key: null })], sleeps: 1 });
  expect(store.done).toEqual(['a', 'b']);
  expect(slept).toEqual([null]);
  const [first] = sent;
  expect(first).toMatchObject({ id: 'a', key: '{"id":1}', schema: 'public', table: 'orders', op: 'u' });
  expect(first?.payload?.toString()).toBe('{"after":{"id":1}}');
  const { 'spillway.letter': about = '', ...headers } = first?.headers ?? {};
  expect(headers).toEqual({
    'spillway.event_id': 'sys/a/0',
    'spillway.stream': 'orders-live',
    'spillway.lsn': '0/16B37458',
    'spillway.committed_at': '2026-11-21T10:00:00.123Z',
    'spillway.error_class': 'contract',
  });
  expect(JSON.parse(about)).toEqual({
    payload: 'message',
    message: 'amount must be positive',
    attempts: 1,
    first_at: '2026-11-21T10:00:00.500Z',
    last_at: '2026-11-21T10:00:00.500Z',
    revision: 3,
    status: 422,
  });
});

test('a bus without headers gets the same in the body; a change of which no message was made stands for itself', async () => {
  const { sent } = await publish({ copies: [letter('a', { output: null, input: '{"op":"c"}' })], form: 'body', sleeps: 1 });
  expect(sent[0]?.headers).toEqual({});
  expect(JSON.parse(String(sent[0]?.payload))).toMatchObject({
    dead_letter: { id: 'a', event_id: 'sys/a/0', stream: 'orders-live', lsn: '0/16B37458', table: 'public.orders', payload: 'change' },
    change: { op: 'c' },
  });
});

test('a sink that is down loses nothing, is told of once, and told of when it is back', async () => {
  const down: DeliveryError = { errorClass: 'throttled', message: 'slow down', retryAfterMs: 40_000 };
  const { store, told, slept } = await publish({
    copies: [letter('a'), letter('b')],
    judge: (_, attempt) => (attempt <= 3 ? down : null),
    sleeps: 4,
  });
  expect(store.done).toEqual(['a', 'b']);
  expect(slept).toEqual([40_000, 40_000, 40_000, null]);
  expect(store.lastFailure).toBe('slow down');
  expect(told).toEqual([
    'Copies of dead letters do not reach queue dead of queues: slow down. They wait in the catalog; the stream goes on.',
    'Copies of dead letters reach queue dead of queues again.',
  ]);
});

test('a copy that is refused waits by itself and is tried again; the others go on', async () => {
  const refusal: DeliveryError = { errorClass: 'contract', message: 'no such schema' };
  let mended = false;
  const { store, told } = await publish({
    copies: [letter('a'), letter('b'), letter('c')],
    judge: ({ id }) => (id === 'b' && !mended ? refusal : null),
    sleeps: 2,
    onSleep: (waiting) => {
      mended = true;
      waiting.passTime();
    },
  });
  expect(store.done).toEqual(['a', 'c', 'b']);
  expect(store.refusedWith).toEqual(['b: no such schema']);
  expect(told).toEqual(['queue dead of queues refused the copy of a dead letter: no such schema. It is tried again.']);
});

test('what is larger than the sink takes is sent with its beginning, and says so', async () => {
  const { sent } = await publish({
    copies: [letter('a', { output: JSON.stringify('x'.repeat(50_000)) }), letter('cut', { output: '{"after":"never end' })],
    maxEventBytes: 10_000,
    sleeps: 1,
  });
  expect(sent.map(({ headers }) => JSON.parse(headers['spillway.letter'] ?? '').payload)).toEqual(['beginning', 'beginning']);
  expect(JSON.parse(String(sent[1]?.payload))).toEqual({ beginning: '{"after":"never end' });
});

test('a target that cannot be used and a catalog that is away are waited for', async () => {
  const { store, told } = await publish({
    copies: [letter('a')],
    makeSink: (made) => {
      if (made <= 2) throw new SpillwayError('sink_misconfigured', 'sink target "queues" is not registered any more');
    },
    down: 2,
    sleeps: 5,
  });
  expect(store.done).toEqual(['a']);
  expect(told.at(-1)).toContain('reach queue dead of queues again');
});
